//! `word_count>1000`: conditions on the fields of `versions`, as people write them.

use std::fmt;
use std::str::FromStr;

use rusqlite::types::Value;

use super::described::VERSIONS;
use super::table::{Column, ColumnType};
use crate::history::Suspicion;
use crate::model::{ChangeKind, PolicyKind, Source, Timestamp, printable};

/// A condition on a field of `versions`.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    column: &'static Column,
    operator: Operator,
    operand: String,
}

/// Text that is no condition, with what was expected instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a valid condition: {why}")]
pub struct InvalidCondition {
    text: String,
    why: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Equal,
    Unequal,
    Less,
    AtMost,
    More,
    AtLeast,
    Contains,
}

/// Longer ones first: `<=` is not `<`.
const OPERATORS: [(&str, Operator); 7] = [
    ("!=", Operator::Unequal),
    ("<=", Operator::AtMost),
    (">=", Operator::AtLeast),
    ("=", Operator::Equal),
    ("<", Operator::Less),
    (">", Operator::More),
    ("~", Operator::Contains),
];

impl Operator {
    fn sql(self) -> &'static str {
        match self {
            Self::Equal => "IS",
            Self::Unequal => "IS NOT",
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::More => ">",
            Self::AtLeast => ">=",
            Self::Contains => "LIKE",
        }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = OPERATORS
            .iter()
            .find_map(|(sign, operator)| (*operator == self.operator).then_some(*sign))
            .unwrap_or_default();
        write!(f, "{}{sign}{}", self.column.name, self.operand)
    }
}

impl FromStr for Condition {
    type Err = InvalidCondition;

    /// A field, one of `=`, `!=`, `<`, `<=`, `>`, `>=`, `~`, and a value; spaces around them do not matter. `~` means
    /// "contains" (letters' case does not matter); `=` on a list means that it has such an element.
    fn from_str(text: &str) -> Result<Self, InvalidCondition> {
        let fail = |why: String| InvalidCondition {
            text: printable(text, 80),
            why,
        };
        let end = text
            .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == ' '))
            .unwrap_or(text.len());
        let (field, rest) = text.split_at(end);
        let (field, rest) = (field.trim(), rest.trim_start());
        let column = VERSIONS.column(field).ok_or_else(|| {
            let names: Vec<&str> = VERSIONS.columns.iter().map(|c| c.name).collect();
            fail(format!(
                "there is no field `{field}`; the fields are {}",
                names.join(", ")
            ))
        })?;
        let found = OPERATORS
            .iter()
            .find_map(|(sign, operator)| Some((rest.strip_prefix(sign)?, *operator)));
        let Some((operand, operator)) = found else {
            return Err(fail(
                "write a field, one of = != < <= > >= ~, and a value".to_owned(),
            ));
        };
        let condition = Self {
            column,
            operator,
            operand: operand.trim().to_owned(),
        };
        condition.check().map_err(fail)?;
        Ok(condition)
    }
}

impl Condition {
    fn check(&self) -> Result<(), String> {
        let Self {
            column,
            operator,
            operand,
        } = self;
        let name = column.name;
        let known = known_values(name);
        let is_exact = matches!(operator, Operator::Equal | Operator::Unequal);
        if is_exact
            && !known.is_empty()
            && !operand.is_empty()
            && !known.contains(&operand.as_str())
        {
            return Err(format!("`{name}` has the values {}", known.join(", ")));
        }
        match column.kind {
            ColumnType::Integer | ColumnType::Fraction if *operator == Operator::Contains => {
                Err(format!("`{name}` is a number, and ~ applies only to text"))
            }
            ColumnType::Integer if operand.parse::<i64>().is_err() => {
                Err(format!("`{name}` must be compared with a whole number"))
            }
            ColumnType::Fraction if !self.fraction().is_some_and(f64::is_finite) => {
                Err(format!("`{name}` must be compared with a number"))
            }
            ColumnType::Time if *operator == Operator::Contains => {
                Err(format!("`{name}` is a time, and ~ applies only to text"))
            }
            ColumnType::Time => Timestamp::earliest(operand)
                .map(|_| ())
                .map_err(|e| e.to_string()),
            ColumnType::Boolean if !is_exact || !matches!(operand.as_str(), "true" | "false") => {
                Err(format!(
                    "`{name}` must be compared with true or false, using = or !="
                ))
            }
            ColumnType::List if !is_exact && *operator != Operator::Contains => {
                Err(format!("`{name}` is a list; use =, != or ~"))
            }
            _ => Ok(()),
        }
    }

    /// The condition in SQL; its values are added to `values`, whose number is the name of each (`?1`, `?2`, …).
    pub(super) fn sql(&self, values: &mut Vec<Value>) -> String {
        let (expression, operator) = (self.column.sql, self.operator.sql());
        let mut bind = |value: Value| {
            values.push(value);
            format!("?{}", values.len())
        };
        match self.column.kind {
            ColumnType::Integer => {
                let number = self.operand.parse().unwrap_or_default();
                format!("({expression}) {operator} {}", bind(Value::Integer(number)))
            }
            ColumnType::Fraction => {
                let number = self.fraction().unwrap_or_default();
                format!("({expression}) {operator} {}", bind(Value::Real(number)))
            }
            ColumnType::Boolean => {
                let truth = i64::from(self.operand == "true");
                format!("({expression}) {operator} {}", bind(Value::Integer(truth)))
            }
            ColumnType::Time => self.time_sql(&mut bind),
            ColumnType::List => {
                let element = match self.operator {
                    Operator::Contains => {
                        format!(
                            "value LIKE {} ESCAPE '\\'",
                            bind(Value::Text(pattern(&self.operand)))
                        )
                    }
                    _ => format!("value = {}", bind(Value::Text(self.operand.clone()))),
                };
                let negation = if self.operator == Operator::Unequal {
                    "NOT "
                } else {
                    ""
                };
                format!("{negation}EXISTS (SELECT 1 FROM json_each({expression}) WHERE {element})")
            }
            ColumnType::Text | ColumnType::Json | ColumnType::Redirects
                if self.operator == Operator::Contains =>
            {
                format!(
                    "({expression}) LIKE {} ESCAPE '\\'",
                    bind(Value::Text(pattern(&self.operand)))
                )
            }
            ColumnType::Text | ColumnType::Json | ColumnType::Redirects => {
                format!(
                    "({expression}) {operator} {}",
                    bind(Value::Text(self.operand.clone()))
                )
            }
        }
    }

    /// The value as a number; `None` if it is none.
    fn fraction(&self) -> Option<f64> {
        self.operand.parse().ok()
    }

    /// A date means its whole span: `= 2012` any moment of 2012, `> 2012` after it.
    fn time_sql(&self, bind: &mut dyn FnMut(Value) -> String) -> String {
        let expression = self.column.sql;
        let moment = |time: Result<Timestamp, _>| {
            Value::Text(time.map_or_else(|_| String::new(), |t: Timestamp| t.to_string()))
        };
        let mut first = || bind(moment(Timestamp::earliest(&self.operand)));
        match self.operator {
            Operator::Less => format!("{expression} < {}", first()),
            Operator::AtLeast => format!("{expression} >= {}", first()),
            Operator::More | Operator::AtMost => {
                let last = bind(moment(Timestamp::latest(&self.operand)));
                format!("{expression} {} {last}", self.operator.sql())
            }
            _ => {
                let first = first();
                let last = bind(moment(Timestamp::latest(&self.operand)));
                let within = format!(
                    "({expression} IS NOT NULL AND {expression} BETWEEN {first} AND {last})"
                );
                if self.operator == Operator::Unequal {
                    format!("NOT {within}")
                } else {
                    within
                }
            }
        }
    }
}

/// The values of a column that has few; empty for all other columns.
fn known_values(column: &str) -> Vec<&'static str> {
    match column {
        // Versions differ at least in a few words.
        "change" => ChangeKind::BETWEEN_VERSIONS.map(ChangeKind::code).to_vec(),
        "kind" => PolicyKind::ALL.map(PolicyKind::code).to_vec(),
        "discovered_by" => Source::ALL.map(Source::code).to_vec(),
        "suspect" => Suspicion::ALL.map(Suspicion::code).to_vec(),
        _ => Vec::new(),
    }
}

/// A pattern of `LIKE` for "contains".
fn pattern(text: &str) -> String {
    let mut pattern = String::from("%");
    for c in text.chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_names_a_field_an_operator_and_a_value_of_its_type() {
        for good in [
            "word_count>1000",
            " word_count >= 0 ",
            "language!=en",
            "first_seen<2012-06",
            "cross_domain=true",
            "discovered_by=link",
            "change=",
            "suspect=few_words",
            "change~sub",
            "title~100%_",
            "text=a=b",
        ] {
            assert!(good.parse::<Condition>().is_ok(), "{good}");
        }
        for (bad, word) in [
            ("words>3", "the fields are site, policy_url, version"),
            ("word_count", "= != <"),
            ("word_count>many", "whole number"),
            ("word_count~3", "~ applies only to text"),
            ("first_seen>soon", "not a date"),
            ("cross_domain=yes", "true or false"),
            ("discovered_by>link", "a list"),
            (
                "change=major",
                "`change` has the values minor, substantive, rewrite",
            ),
            ("kind!=policy", "privacy, cookies, children"),
            ("discovered_by=search", "link"),
            ("suspect=short", "few_words"),
            ("1=1; DROP TABLE versions", "there is no field `1`"),
            ("\u{1b}[31m", "no field ``"),
        ] {
            let told = bad.parse::<Condition>().unwrap_err().to_string();
            assert!(told.contains(word) && !told.contains('\u{1b}'), "{told}");
        }
    }

    #[test]
    fn what_the_user_wrote_is_bound_and_never_part_of_the_statement() {
        let mut values = Vec::new();
        let condition: Condition = "title~100%'; DROP TABLE".parse().unwrap();
        assert_eq!(condition.sql(&mut values), "(r.title) LIKE ?1 ESCAPE '\\'");
        assert_eq!(values, [Value::Text("%100\\%'; DROP TABLE%".to_owned())]);
    }
}

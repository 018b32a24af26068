//! Dates in running text: names of months, numbers, eras, short years.

use regex::{Captures, Regex};

use super::date_parts::{
    Month, era_year, full_year, goes_on, numeral, persian_date, roman_month, written,
};
use crate::extract::characters::any_byte;

/// The order of the numbers of a date that does not begin with a year of four digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::extract) enum NumberOrder {
    /// 03/04 is the third of April.
    DayFirst,
    /// 03/04/05 is the fifth of April 2003. Which of 03/04/2005 is the month is unsure.
    YearFirst,
    /// Several orders are in use. The date is clear only if one reading is possible.
    Unsure,
}

/// A date in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::extract) struct DateMatch {
    /// `YYYY-MM-DD` or `YYYY-MM`.
    pub date: String,
    /// Position of its first byte.
    pub start: usize,
    /// Position after its last byte.
    pub end: usize,
}

/// Reads the dates of one language.
pub(in crate::extract) struct Calendar {
    /// Names of months, the longest first: "september" before "sep".
    months: Vec<(String, Month)>,
    forms: Vec<(DateForm, Regex)>,
    order: NumberOrder,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum DateForm {
    YearMonthDay,
    Compact,
    Characters,
    EraNumbers,
    DayNameYear,
    NameDayYear,
    YearNameDay,
    YearDayName,
    NameYear,
    RomanMonth,
    Numbers,
    ShortNumbers,
    MonthYear,
    YearMonth,
}

/// Dates that are written without the name of a month. The text has ASCII digits and plain spaces only.
const NUMBER_PATTERNS: [(DateForm, &str); 9] = [
    (
        DateForm::YearMonthDay,
        r"([0-9]{4})(?:-| ?[/.] ?)([0-9]{1,2})(?:-| ?[/.] ?)([0-9]{1,2})",
    ),
    (
        DateForm::Compact,
        r"((?:19|20)[0-9]{2})(0[1-9]|1[0-2])([0-3][0-9])",
    ),
    (
        DateForm::Characters,
        concat!(
            r"(令和|平成|昭和|民國|民国|中華民國)? ?(元|[0-9]{1,4}|[〇零○一二三四五六七八九十]{1,4}) ?(?:年|년) ?",
            r"([0-9]{1,2}|[一二三四五六七八九十]{1,3}) ?(?:月|월)(?: ?([0-9]{1,2}|[一二三四五六七八九十]{1,3}) ?(?:日|号|號|일))?",
        ),
    ),
    (
        DateForm::EraNumbers,
        r"(令和|平成|昭和|民國|民国|r|h|s) ?(元|[0-9]{1,3}) ?[./] ?([0-9]{1,2}) ?[./] ?([0-9]{1,2})",
    ),
    (
        DateForm::RomanMonth,
        r"([0-9]{1,2})[. ] ?([ivx]{1,4})[. ] ?([0-9]{4})",
    ),
    (
        DateForm::Numbers,
        r"([0-9]{1,2})(?:[-–]| ?[/.] ?)([0-9]{1,2})(?:[-–]| ?[/.] ?)([0-9]{4})",
    ),
    (
        DateForm::ShortNumbers,
        r"([0-9]{1,2})(-|/|\. ?)([0-9]{1,2})(?:-|/|\. ?)['’]?([0-9]{2})",
    ),
    (DateForm::MonthYear, r"([0-9]{1,2}) ?[/.-] ?([0-9]{4})"),
    (DateForm::YearMonth, r"([0-9]{4})[/.-]([0-9]{1,2})"),
];

/// Endings of a day: "3rd", "1er", "25-го", "16ই", "25 આમી". Longer ones stand first.
const DAY_ENDING: &str = r"(?: ?(?:st|nd|rd|th|er|re|[ºª°.]|:e|ος|ης|ή|η|-го|-е|-нд|-нд|ই|শে|লা|রা|ঠা|-ஆம்|ஆம்|ம்))?(?: day| dia| tarixi)?";
/// Words between a day and its month, and between a month and its year.
const OF: &str = r"(?:(?:of|de|del|den|din|ta|ng|the|ខែ|เดือน|năm|anul|ឆ្នាំ|พ\.ศ\.|พศ|ค\.ศ\.|г\.?|р\.?|թ\.?|წ\.?)['’]? *|d['’] ?|ta['’] ?|del? l['’] ?)";
/// A year of four digits, or of two after an apostrophe.
const YEAR: &str = r"(['’][0-9]{2}|[0-9]{4})";
/// Words after a year that comes first: "2018. gada", "2018 m.", "2018ko", "2018 оны", "2018-yil".
const YEAR_ENDING: &str = r"[.,]?(?: ?-?[^ 0-9.,:;/()|-]{1,10}\.?,?)?";

/// The rest of a month's name in another case: "maijā".
const MONTH_ENDING: &str = "[^ 0-9.,:;/()|'’-]{0,3}";

/// Patterns of dates with the name of a month. An ending of up to three letters may follow a name ("maijā").
fn name_patterns(names: &[(String, Month)]) -> [(DateForm, String); 6] {
    let alternatives = |least: usize| {
        let is_long = |name: &str| name.chars().count() >= least;
        let joined = |long: bool| {
            let chosen = names.iter().filter(|(name, _)| is_long(name) == long);
            let escaped: Vec<String> = chosen.map(|(name, _)| regex::escape(name)).collect();
            escaped.join("|")
        };
        let (long, short) = (joined(true), joined(false));
        let short = if short.is_empty() {
            short
        } else {
            format!("|{short}")
        };
        format!("(?:{long}){MONTH_ENDING}{short}")
    };
    // A short name with an ending is a month only between a day and a year.
    let (name, sure_name) = (alternatives(3), alternatives(5));
    [
        (
            DateForm::DayNameYear,
            format!(r"([0-9]{{1,2}}){DAY_ENDING}(?: *|-)(?:{OF})?({name})\.?,?(?: *|-){OF}?{YEAR}"),
        ),
        (
            DateForm::DayNameYear,
            format!(
                r"([0-9]{{1,2}})(?:-| )({sure_name})\.?(?:-| )([0-9]{{2}})(?:$|[),;|]|\.(?:$| ))"
            ),
        ),
        (
            DateForm::NameDayYear,
            format!(r"({name})\.? *(?:the )?([0-9]{{1,2}}){DAY_ENDING}(?:[ ,.]+{OF}?|-){YEAR}"),
        ),
        (
            DateForm::YearNameDay,
            format!(r"([0-9]{{4}}){YEAR_ENDING} *-?({name})\.?,? *-?([0-9]{{1,2}})"),
        ),
        (
            DateForm::YearDayName,
            format!(
                r"([0-9]{{4}})\.?[ -](?:gada|წლის|ж\.|жылғы|жылы|yil|-?ci il) *([0-9]{{1,2}})[.-]? *({name})"
            ),
        ),
        (
            DateForm::NameYear,
            format!(r"({sure_name})\.?,?(?: *|-){OF}?{YEAR}"),
        ),
    ]
}

impl Calendar {
    /// Returns the calendar of a language. `months` has twelve names in order, separated by commas, and their
    /// alternative forms separated by bars. It is empty for a language that writes months as numbers. `persian` has the
    /// months of the Persian calendar, for languages that use it.
    pub(in crate::extract) fn of(months: &str, persian: &str, order: NumberOrder) -> Option<Self> {
        let listed = |names: &str, month: fn(u32) -> Month| {
            (1..)
                .zip(names.split(','))
                .flat_map(|(number, forms)| {
                    forms
                        .split('|')
                        .map(move |form| (form.trim().to_owned(), month(number)))
                })
                .filter(|(name, _)| !name.is_empty())
                .collect::<Vec<_>>()
        };
        let mut names = listed(months, Month::Gregorian);
        names.extend(listed(persian, Month::Persian));
        names.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
        let mut patterns: Vec<(DateForm, String)> = NUMBER_PATTERNS
            .iter()
            // One letter for an era is read only where months are numbers.
            .filter(|(form, _)| names.is_empty() || *form != DateForm::EraNumbers)
            .map(|(form, pattern)| (*form, (*pattern).to_owned()))
            .collect();
        if !names.is_empty() {
            patterns.extend(name_patterns(&names));
        }
        let forms = patterns
            .into_iter()
            .map(|(form, pattern)| Some((form, Regex::new(&pattern).ok()?)))
            .collect::<Option<Vec<_>>>()?;
        Some(Self {
            months: names,
            forms,
            order,
        })
    }

    /// The first date of a text in lower case. `own_language` is true when the text is known to be in this calendar's
    /// language.
    pub(in crate::extract) fn first(&self, text: &str, own_language: bool) -> Option<DateMatch> {
        self.all(text, own_language)
            .min_by_key(|found| (found.start, std::cmp::Reverse(found.end)))
    }

    /// The last date of a text in lower case.
    pub(in crate::extract) fn last(&self, text: &str, own_language: bool) -> Option<DateMatch> {
        self.all(text, own_language)
            .max_by_key(|found| (found.end, std::cmp::Reverse(found.start)))
    }

    /// The month and the year of two digits at the start of a text: the code of a printed form, as in "Rev. 10/09".
    pub(in crate::extract) fn form_code(text: &str) -> Option<DateMatch> {
        let start = text.find(|c: char| c.is_ascii_digit())?;
        let (month, rest) = text.get(start..)?.split_once(['/', '-'])?;
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let is_whole = digits == 2 && !rest.get(2..)?.starts_with(['/', '-', ':']);
        let year = rest.get(..2).filter(|_| is_whole)?.parse().ok()?;
        Some(DateMatch {
            date: written(full_year(year)?, month.parse().ok()?, None)?,
            start,
            end: start + month.len() + 3,
        })
    }

    fn all(&self, text: &str, own_language: bool) -> impl Iterator<Item = DateMatch> {
        // Every date has an ASCII digit or an East Asian character. Most windows of a text have neither.
        let may_have = any_byte(text, |b| b.is_ascii_digit() || matches!(b, 0xE3..=0xE9));
        let forms = self.forms.iter().filter(move |_| may_have);
        forms.flat_map(move |(form, regex)| {
            let mut at = 0;
            std::iter::from_fn(move || {
                loop {
                    let captures = regex.captures_at(text, at)?;
                    let whole = captures.get(0)?;
                    let date = stands_alone(*form, text, whole.start(), whole.end())
                        .then(|| self.date(*form, &captures, own_language))
                        .flatten();
                    // A part of a match that is no date may be one.
                    let step = text.get(whole.start()..)?.chars().next()?.len_utf8();
                    at = match date {
                        Some(_) => whole.end(),
                        None => whole.start() + step,
                    };
                    if let Some(date) = date {
                        return Some(DateMatch {
                            date,
                            start: whole.start(),
                            end: whole.end(),
                        });
                    }
                }
            })
        })
    }

    fn month(&self, text: &str) -> Option<Month> {
        let is_it = |(name, _): &&(String, Month)| text.starts_with(name.as_str());
        self.months.iter().find(is_it).map(|(_, month)| *month)
    }

    fn date(&self, form: DateForm, captures: &Captures<'_>, own_language: bool) -> Option<String> {
        let text = |group: usize| captures.get(group).map(|m| m.as_str());
        let number = |group: usize| text(group)?.parse::<u32>().ok();
        let year = |group: usize| match text(group)? {
            short if short.len() < 4 => {
                full_year(short.trim_start_matches(['\'', '’']).parse().ok()?)
            }
            year => year.parse().ok(),
        };
        let named = |year: u32, name: usize, day: Option<u32>| match (self.month(text(name)?)?, day)
        {
            (Month::Gregorian(month), day) => written(year, month, day),
            (Month::Persian(month), Some(day)) => persian_date(year, month, day),
            // A month of the Persian calendar is in two months of ours.
            (Month::Persian(_), None) => None,
        };
        match form {
            DateForm::YearMonthDay => self.numbered(number(1)?, number(2)?, number(3)?),
            DateForm::Compact => written(number(1)?, number(2)?, Some(number(3)?)),
            DateForm::Characters | DateForm::EraNumbers => {
                let year = era_year(text(1), text(2)?)?;
                let day = match text(4) {
                    Some(day) => Some(numeral(day)?),
                    None => None,
                };
                written(year, numeral(text(3)?)?, day)
            }
            DateForm::DayNameYear => named(year(3)?, 2, number(1)),
            DateForm::NameDayYear => named(year(3)?, 1, number(2)),
            DateForm::YearNameDay => named(year(1)?, 2, number(3)),
            DateForm::YearDayName => named(year(1)?, 3, number(2)),
            DateForm::NameYear => named(year(2)?, 1, None),
            DateForm::RomanMonth => written(number(3)?, roman_month(text(2)?)?, number(1)),
            DateForm::Numbers => {
                self.of_order([number(1)?, number(2)?, number(3)?], false, own_language)
            }
            DateForm::ShortNumbers => {
                let may_begin_with_year = !text(2)?.starts_with('/');
                let numbers = [number(1)?, number(3)?, number(4)?];
                self.of_order(numbers, may_begin_with_year, own_language)
            }
            DateForm::MonthYear => written(number(2)?, number(1)?, None),
            DateForm::YearMonth => written(number(1)?, number(2)?, None),
        }
    }

    /// The date of a year of four digits, a month and a day, in the Persian calendar where the language uses it.
    fn numbered(&self, year: u32, month: u32, day: u32) -> Option<String> {
        let is_persian = |(_, month): &(String, Month)| matches!(month, Month::Persian(_));
        if (1300..1500).contains(&year) && self.months.iter().any(is_persian) {
            return persian_date(year, month, day);
        }
        written(year, month, Some(day))
    }

    /// The date that three numbers mean, if only one reading is possible.
    fn of_order(
        &self,
        [one, two, three]: [u32; 3],
        may_begin_with_year: bool,
        own_language: bool,
    ) -> Option<String> {
        let is_short = three < 100;
        let year = if is_short { full_year(three)? } else { three };
        let day_first = self.numbered(year, two, one);
        let month_first = self.numbered(year, one, two);
        let year_first = full_year(one)
            .filter(|_| is_short)
            .and_then(|year| self.numbered(year, two, three));
        let readings = match self.order {
            NumberOrder::DayFirst if own_language => return day_first.or(month_first),
            NumberOrder::YearFirst if own_language && is_short => return year_first,
            _ if may_begin_with_year => [day_first, month_first, year_first],
            _ => [day_first, month_first, None],
        };
        let mut possible = readings.into_iter().flatten();
        let date = possible.next()?;
        possible.all(|other| other == date).then_some(date)
    }
}

/// True if a match is a whole date: no number, version or word goes on before or after it.
fn stands_alone(form: DateForm, text: &str, start: usize, end: usize) -> bool {
    let (head, tail) = (&text[..start], &text[end..]);
    let begins_with_digit = text[start..].starts_with(|c: char| c.is_ascii_digit());
    let before = head.chars().next_back();
    let goes_on_before = if begins_with_digit {
        head.ends_with(|c: char| c.is_ascii_digit())
            || ends_with_number(head.strip_suffix(['.', '/', '-', ',']).unwrap_or_default())
    } else {
        // Scripts from Thai on put no space before a month.
        before.is_some_and(|c| c.is_alphanumeric() && c < '\u{E00}')
    };
    let is_cut = match form {
        DateForm::NameYear | DateForm::RomanMonth => ends_with_number(head.trim_end()),
        DateForm::MonthYear => {
            let head = head.trim_end();
            ends_with_number(head.strip_suffix(['.', '/', '-']).unwrap_or_default())
        }
        DateForm::YearMonth => goes_on(&tail.replacen(' ', "", 2)),
        // The two digits are the hour of a time.
        DateForm::ShortNumbers => tail.starts_with(':'),
        _ => false,
    };
    !goes_on_before && !is_cut && !goes_on(tail)
}

fn ends_with_number(text: &str) -> bool {
    text.ends_with(|c: char| c.is_ascii_digit())
}

//! The columns of a CDX file, and the fields of a line under them, also when a field contains spaces.

/// The columns of a CDX file, as letters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CdxColumns {
    delimiter: char,
    letters: Vec<char>,
}

/// Columns whose fields may contain spaces that the indexer did not escape, the likeliest first: MIME type, redirect,
/// URL, meta tags.
const COLUMNS_WITH_SPACES: [char; 4] = ['m', 'r', 'a', 'M'];

impl CdxColumns {
    /// Parses the header line of a CDX file. Its first character is the delimiter of the file.
    pub(super) fn of_header(line: &str) -> Option<Self> {
        // The leading space may be lost.
        let without_delimiter = line.strip_prefix("CDX");
        let with_delimiter = || {
            let mut characters = line.chars();
            characters.next();
            characters.as_str().strip_prefix("CDX")
        };
        let rest = without_delimiter.or_else(with_delimiter)?;
        let delimiter = rest.chars().next()?;
        let letters: Vec<&str> = rest
            .split(delimiter)
            .map(str::trim)
            .filter(|l| !l.is_empty())
            .collect();
        let single = |letter: &&str| {
            letter
                .chars()
                .next()
                .filter(|_| letter.chars().count() == 1)
        };
        Some(Self {
            delimiter,
            letters: letters.iter().filter_map(single).collect(),
        })
    }

    /// The columns of a line in a file without a header line, by their number (pywb, `CDXObject.CDX_FORMATS`).
    pub(super) fn usual(line: &str) -> Option<Self> {
        let letters = match line.split(' ').count() {
            9 => "NbamskrVg",
            10 => "NbamskrMVg",
            11 => "NbamskrMSVg",
            _ => return None,
        };
        Some(Self {
            delimiter: ' ',
            letters: letters.chars().collect(),
        })
    }

    /// True when the file gives the offsets of records.
    pub(super) fn has_offsets(&self) -> bool {
        self.letters.contains(&'V')
    }

    /// The fields of a line; `None` when there are too few.
    pub(super) fn fields<'l>(&self, line: &'l str) -> Option<CdxFields<'_, 'l>> {
        let words: Vec<&str> = line.split(self.delimiter).collect();
        let extra = words.len().checked_sub(self.letters.len())?;
        let plain = CdxFields {
            columns: self,
            words,
            wide: None,
        };
        if extra == 0 {
            return Some(plain);
        }
        // More words than columns: further columns on the right, or a field with spaces. The better fit counts.
        let wide = COLUMNS_WITH_SPACES.iter().rev().filter_map(|letter| {
            let at = self.letters.iter().position(|l| l == letter)?;
            Some(CdxFields {
                wide: Some((at, extra)),
                ..plain.clone()
            })
        });
        let fits = wide.chain([plain.clone()]);
        fits.max_by_key(|fields| (fields.fitness(), fields.wide.is_none()))
    }
}

/// The fields of a line.
#[derive(Debug, Clone)]
pub(super) struct CdxFields<'c, 'l> {
    columns: &'c CdxColumns,
    words: Vec<&'l str>,
    /// A column with so many more words than one.
    wide: Option<(usize, usize)>,
}

impl<'l> CdxFields<'_, 'l> {
    /// The field under a letter; `None` for `-`. Of a field with spaces, the first word.
    pub(super) fn get(&self, letter: char) -> Option<&'l str> {
        let at = self.columns.letters.iter().position(|&l| l == letter)?;
        let shift = self
            .wide
            .map_or(0, |(wide, extra)| if at > wide { extra } else { 0 });
        self.words
            .get(at + shift)
            .copied()
            .filter(|value| !value.is_empty() && *value != "-")
    }

    /// How many fields look as they should.
    fn fitness(&self) -> usize {
        let is_number = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        let fits = |letter, test: &dyn Fn(&str) -> bool| self.get(letter).is_none_or(test);
        [
            self.get('m')
                .is_none_or(|mime| mime.contains('/') || ["unk", "no-type"].contains(&mime)),
            self.get('V').is_some_and(is_number),
            fits('S', &is_number),
            fits('s', &|status| status.len() == 3 && is_number(status)),
            fits('k', &|digest| {
                digest.len() >= 32 && digest.bytes().all(|b| b.is_ascii_alphanumeric())
            }),
            self.get('g')
                .is_some_and(|name| name.to_ascii_lowercase().contains("arc") && !is_number(name)),
        ]
        .into_iter()
        .filter(|fits| *fits)
        .count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIGEST: &str = "B2LTWWPUOYAH7UIPQ7ZUPQ4VMBSVC36A";

    fn columns() -> CdxColumns {
        CdxColumns::of_header(" CDX N b a m s k r M S V g").unwrap()
    }

    fn places(line: &str) -> Vec<Option<String>> {
        let columns = columns();
        let fields = columns.fields(line).unwrap();
        ['b', 'm', 's', 'k', 'S', 'V', 'g']
            .iter()
            .map(|letter| fields.get(*letter).map(str::to_owned))
            .collect()
    }

    #[test]
    fn a_field_with_spaces_moves_no_other_field() {
        let row = |a: &str, m: &str, r: &str| {
            format!("com,a)/ 20150301000000 {a} {m} 200 {DIGEST} {r} - 942 1556 a.warc.gz")
        };
        let right = places(&row("http://a.com/", "text/html", "-"));
        assert_eq!(right[5].as_deref(), Some("1556"));
        for line in [
            row("http://a.com/", "text/html charset=utf-8", "-"),
            row("http://a.com/", "text/html ; charset = x", "-"),
            row("http://a.com/", "text/html", "http://a.com/b c d"),
            row("http://a.com/p q", "text/html", "-"),
            row("http://a.com/", "text/html", "-") + " more columns",
        ] {
            assert_eq!(places(&line), right, "{line}");
        }
    }

    #[test]
    fn a_line_with_too_few_fields_has_none() {
        assert!(columns().fields("com,a)/ 20150301000000").is_none());
    }

    #[test]
    fn a_header_without_its_leading_space_is_a_header() {
        assert_eq!(
            CdxColumns::of_header("CDX N b a m s k r M S V g"),
            Some(columns())
        );
        assert_eq!(CdxColumns::of_header("com,a)/ 2015"), None);
    }
}

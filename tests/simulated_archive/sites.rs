//! The simulated sites: what happens to each of them over the years.

use policytrail::model::Timestamp;

use super::fates::{Fate, KINDS, Linked, fate};
use super::numbers::Numbers;
use super::pages::{self, Frame, page};
use super::words::{LANGUAGES, Language, PolicyText};
use super::world::{TruePolicy, TrueVersion, World};

const DAY: i64 = 86_400;
const WORDLESS: [&str; 6] = [
    "/p/12.html",
    "/info.php?id=7",
    "/static/ds.html",
    "/page4.htm",
    "/content/view/23/40",
    "/a/9f3c",
];

struct Maker<'w> {
    world: &'w mut World,
    numbers: Numbers,
    language: &'static Language,
    name: String,
    host: String,
    fate: Fate,
    start: i64,
    end: i64,
    /// Day, style and year of each layout.
    designs: Vec<(i64, usize, i32)>,
    visits: usize,
}

/// A line of policy pages: its URL from each day on, and its text.
struct Line {
    places: Vec<(i64, String)>,
    versions: Vec<(i64, PolicyText)>,
}

impl Line {
    fn place(&self, day: i64) -> &str {
        &self
            .places
            .iter()
            .rev()
            .find(|(from, _)| *from <= day)
            .unwrap_or(&self.places[0])
            .1
    }

    fn text(&self, day: i64) -> &PolicyText {
        &self
            .versions
            .iter()
            .rev()
            .find(|(from, _)| *from <= day)
            .unwrap_or(&self.versions[0])
            .1
    }
}

/// Makes one site.
pub fn make(world: &mut World, index: usize, seed: u64) {
    let mut numbers = Numbers::new(seed.wrapping_mul(1_000_003).wrapping_add(index as u64));
    let syllables = [
        "bra", "ton", "kel", "mir", "sol", "ver", "nap", "dor", "lin", "gra", "pex", "ham",
    ];
    let name: String = (0..3).map(|_| *numbers.pick(&syllables)).collect();
    let name = format!("{}{}{index}", name[..1].to_uppercase(), &name[1..]);
    let language = &LANGUAGES[(index / KINDS * 7 + index) % LANGUAGES.len()];
    let fate = fate(index % KINDS, &mut numbers);
    let year_start = |year: usize| {
        Timestamp::earliest(&year.to_string())
            .unwrap()
            .unix_seconds()
            / DAY
    };
    let first_year = numbers.between(1998, 2014);
    let last_year = (first_year + numbers.between(5, 22)).min(2024);
    let (start, end) = (year_start(first_year), year_start(last_year + 1) - 30);
    let mut designs = vec![(start, numbers.below(30), i32::try_from(first_year).unwrap())];
    let mut day = start;
    loop {
        day += i64::try_from(numbers.between(900, 2400)).unwrap();
        if day >= end {
            break;
        }
        let year = Timestamp::from_unix_seconds(day * DAY).year();
        designs.push((day, numbers.below(30), i32::from(year)));
    }
    let host = format!("{}.{}", name.to_lowercase(), language.tld);
    world.sites.push(host.clone());
    let mut maker = Maker {
        world,
        numbers,
        language,
        name,
        host,
        fate,
        start,
        end,
        designs,
        visits: 0,
    };
    maker.run();
}

impl Maker<'_> {
    fn run(&mut self) {
        let fate = self.fate;
        let mut lines: Vec<(String, Line)> = Vec::new();
        if !fate.no_policy {
            let begins = self.start + i64::try_from(self.numbers.between(0, 500)).unwrap();
            if fate.editions {
                for (lang, path) in [("en", "/en/privacy"), ("de", "/de/datenschutz")] {
                    let language = LANGUAGES.iter().find(|l| l.code == lang).unwrap();
                    let line = self.line(language, false, begins, vec![path.to_owned()]);
                    lines.push((format!("privacy-{lang}"), line));
                }
            } else {
                let paths = self.paths();
                let line = self.line(self.language, false, begins, paths);
                lines.push(("privacy".to_owned(), line));
            }
            if fate.cookies {
                let from = begins.max(self.start + (self.end - self.start) / 2);
                let line = self.line(
                    self.language,
                    true,
                    from,
                    vec![self.language.cookies.1.clone()],
                );
                lines.push(("cookies".to_owned(), line));
            }
            if fate.children {
                let line = self.line(
                    self.language,
                    false,
                    begins,
                    vec![self.language.children.1.clone()],
                );
                lines.push(("children".to_owned(), line));
            }
        }
        for (what, line) in &lines {
            self.capture(what, line);
        }
        self.homes(&lines);
        if fate.decoys {
            self.decoys();
        }
        if fate.parked {
            for n in 1..numbers_of(self.numbers.between(4, 14)) {
                let at = self.moment(self.end + n * 60);
                for path in lines
                    .iter()
                    .map(|(_, l)| l.place(self.end).to_owned())
                    .chain([self.url(self.end, "/")])
                {
                    self.world.page(&path, at, 200, pages::PARKED);
                }
            }
        }
    }

    fn paths(&mut self) -> Vec<String> {
        let mut paths: Vec<String> = Vec::new();
        while paths.len() <= self.fate.moves {
            let last = paths.len() == self.fate.moves;
            let path = if self.fate.wordless && (last || self.numbers.chance(50)) {
                (*self.numbers.pick(&WORDLESS)).to_owned()
            } else {
                self.numbers.pick(&self.language.paths).clone()
            };
            if !paths.contains(&path) {
                paths.push(path);
            }
        }
        paths
    }

    fn line(
        &mut self,
        language: &Language,
        cookies: bool,
        begins: i64,
        paths: Vec<String>,
    ) -> Line {
        let mut text = PolicyText::new(language, &self.name, cookies, &mut self.numbers);
        let mut versions = vec![(begins, text.clone())];
        let mut day = begins;
        let year = 365;
        loop {
            let calm = self.fate.calm_years * year;
            day += i64::try_from(self.numbers.between(calm / 2, calm * 3 / 2)).unwrap();
            if day >= self.end {
                break;
            }
            text.revise(&mut self.numbers);
            versions.push((day, text.clone()));
            if self.fate.restored && self.numbers.chance(50) && versions.len() > 1 {
                // The change is reverted after eight months or more.
                day += i64::try_from(self.numbers.between(240, 500)).unwrap();
                if day < self.end {
                    let before = versions[versions.len() - 2].1.clone();
                    versions.push((day, before.clone()));
                    text = before;
                }
            }
        }
        let span = (self.end - begins) / i64::try_from(paths.len()).unwrap();
        let places = paths.into_iter().zip(0..).map(|(path, n)| {
            let from = begins + span * n;
            let url = if self.fate.other_host {
                format!(
                    "http://www.group-{}.com/legal/privacy",
                    self.name.to_lowercase()
                )
            } else {
                self.url(from, &path)
            };
            (from, url)
        });
        Line {
            places: places.collect(),
            versions,
        }
    }

    /// A URL of the site as it is written at the time: http or https, with `www` or without.
    fn url(&self, day: i64, path: &str) -> String {
        let middle = self.start + (self.end - self.start) / 2;
        let (scheme, www) = if self.fate.https && day > middle {
            ("https", "")
        } else {
            ("http", "www.")
        };
        format!("{scheme}://{www}{}{path}", self.host)
    }

    fn moment(&mut self, day: i64) -> Timestamp {
        Timestamp::from_unix_seconds(day * DAY + i64::try_from(self.numbers.below(86_400)).unwrap())
    }

    /// Days on which a page that existed from one day to another was captured.
    fn days(&mut self, from: i64, until: i64, a_year: usize) -> Vec<i64> {
        let count = usize::try_from((until - from).max(1)).unwrap() * a_year / 365;
        let span = usize::try_from((until - from).max(1)).unwrap();
        let mut days: Vec<i64> = (0..count.max(2))
            .map(|_| from + numbers_of(self.numbers.below(span)))
            .collect();
        days.sort_unstable();
        days
    }

    fn frame(&mut self, day: i64, footer: Vec<(String, String)>) -> Frame<'static> {
        let (_, taste, year) = *self
            .designs
            .iter()
            .rev()
            .find(|d| d.0 <= day)
            .unwrap_or(&self.designs[0]);
        self.visits += self.numbers.between(1, 900);
        Frame {
            language: self.language,
            name: Box::leak(self.name.clone().into_boxed_str()),
            year,
            taste,
            footer,
            fickle: self.fate.fickle.then_some(self.visits),
            canonical: None,
        }
    }

    fn capture(&mut self, what: &str, line: &Line) {
        let begins = line.versions[0].0;
        let a_year = self.fate.captures_a_year;
        let mut days = self.days(begins, self.end, a_year);
        days.dedup();
        let middle = begins + (self.end - begins) / 2;
        let mut versions: Vec<TrueVersion> = Vec::new();
        for day in days {
            let at = self.moment(day);
            let url = self.at_the_time(line.place(day), day);
            if self.fate.outage && self.numbers.chance(6) {
                self.world
                    .page(&url, at, 503, "<h1>Service Unavailable</h1>");
                continue;
            }
            let footer = self.footer_everywhere(day);
            let frame = self.frame(day, footer);
            if self.fate.soft_404 && self.numbers.chance(5) {
                self.world
                    .page(&url, at, 200, &page(&frame, "404", pages::SOFT_404));
                continue;
            }
            if self.fate.login && (middle..middle + 300).contains(&day) {
                self.world
                    .page(&url, at, 200, &page(&frame, "Login", pages::LOGIN));
                continue;
            }
            if self.fate.shells && day > self.end - 900 {
                self.world.page(&url, at, 200, pages::SHELL);
                continue;
            }
            let text = line.text(day);
            let body = page(&frame, &text.title, &pages::policy(text, frame.year));
            self.world.page(&url, at, 200, &body);
            let sentences = text.sentences();
            match versions.last_mut() {
                Some(version) if version.sentences == sentences => version.last = at,
                _ => versions.push(TrueVersion {
                    sentences,
                    first: at,
                    last: at,
                }),
            }
        }
        self.after_moves(line);
        self.world.policies.push(TruePolicy {
            site: self.host.clone(),
            what: what.to_owned(),
            versions,
        });
    }

    /// The same URL after the site moved to https.
    fn at_the_time(&self, url: &str, day: i64) -> String {
        if self.fate.other_host {
            return url.to_owned();
        }
        let path = url.splitn(4, '/').nth(3).unwrap_or_default();
        self.url(day, &format!("/{path}"))
    }

    /// Adds what old URLs return after a move.
    fn after_moves(&mut self, line: &Line) {
        for pair in line.places.windows(2) {
            let ((_, old), (moved, new)) = (&pair[0], &pair[1]);
            for day in self.days(*moved + 1, self.end.min(*moved + 1500), 3) {
                let at = self.moment(day);
                let (old, new) = (self.at_the_time(old, day), self.at_the_time(new, day));
                if self.fate.move_redirects {
                    let status = if self.numbers.chance(70) { 301 } else { 302 };
                    self.world.redirect(&old, at, status, &new);
                } else {
                    self.world.page(&old, at, 404, "<h1>Not Found</h1>");
                }
            }
        }
        if self.fate.https && !self.fate.other_host {
            let middle = self.start + (self.end - self.start) / 2;
            for day in self.days(middle + 1, self.end, 1) {
                let at = self.moment(day);
                let to = self.at_the_time(line.place(day), day);
                let from = to.replace("https://", "http://www.");
                self.world.redirect(&from, at, 301, &to);
            }
        }
    }

    /// Links in the footer of every page.
    fn footer_everywhere(&self, day: i64) -> Vec<(String, String)> {
        let contact = &self.language.navigation[4];
        vec![(contact.clone(), self.url(day, "/contact.html"))]
    }

    /// The links to the policies that exist on a day; `text` is the position of the word for privacy policies.
    fn policy_links(
        &self,
        lines: &[(String, Line)],
        text: usize,
        day: i64,
    ) -> Vec<(String, String)> {
        let mut links = Vec::new();
        for (what, line) in lines {
            if line.versions[0].0 > day {
                continue;
            }
            let label = match what.as_str() {
                "cookies" => self.language.cookies.0.clone(),
                "children" => self.language.children.0.clone(),
                "privacy-en" => "Privacy Policy".to_owned(),
                "privacy-de" => "Datenschutz".to_owned(),
                _ => self.language.links[text].clone(),
            };
            links.push((label, self.at_the_time(line.place(day), day)));
        }
        links
    }

    fn homes(&mut self, lines: &[(String, Line)]) {
        if self.fate.linked == Linked::NoHome {
            return;
        }
        let text = self.numbers.below(self.language.links.len());
        let a_year = self.numbers.between(2, 30);
        for (n, day) in self
            .days(self.start, self.end, a_year)
            .into_iter()
            .enumerate()
        {
            let at = self.moment(day);
            let home = self.url(day, "/");
            if self.fate.outage && self.numbers.chance(8) {
                self.world
                    .page(&home, at, 503, "<h1>Service Unavailable</h1>");
                continue;
            }
            let links = self.policy_links(lines, text, day);
            let mut footer = self.footer_everywhere(day);
            match self.fate.linked {
                Linked::Hub => {
                    let (label, path) = self.language.hub.clone();
                    let hub = self.url(day, &path);
                    let frame = self.frame(day, links.clone());
                    if n % 2 == 0 {
                        let body = page(
                            &frame,
                            &label,
                            &format!("<h1>{label}</h1><p>{} GmbH, Musterstr. 1</p>", self.name),
                        );
                        let later = self.moment(day + 1);
                        self.world.page(&hub, later, 200, &body);
                    }
                    footer.push((label, hub));
                }
                Linked::Unreadable => footer.push((String::new(), "javascript:go(7)".to_owned())),
                _ => footer.extend(links),
            }
            let frame = self.frame(day, footer);
            let body = page(&frame, &self.name.clone(), &pages::home(&frame, n / 4));
            if self.fate.linked == Linked::Frame && frame.year < 2007 {
                let main = self.url(day, "/main.html");
                let set = format!(
                    "<html><head><title>{}</title></head><frameset cols=\"150,*\"><frame src=\"/menu.html\" name=\"menu\"><frame src=\"/main.html\" name=\"main\"></frameset></html>",
                    self.name
                );
                self.world.page(&home, at, 200, &set);
                let later = self.moment(day + 1);
                self.world.page(&main, later, 200, &body);
            } else {
                self.world.page(&home, at, 200, &body);
            }
        }
    }

    /// Adds pages that mention privacy and are not policies.
    fn decoys(&mut self) {
        for path in [
            "/blog/2014/why-privacy-matters",
            "/news/privacy-law.html",
            "/search?q=privacy",
            "/images/privacy.gif",
            "/blog/tag/datenschutz",
        ] {
            for day in self.days(self.start, self.end, 1) {
                let at = self.moment(day);
                let footer = self.footer_everywhere(day);
                let frame = self.frame(day, footer);
                let url = self.url(day, path);
                self.world.page(
                    &url,
                    at,
                    200,
                    &page(&frame, &self.language.post[0], &pages::post(self.language)),
                );
            }
        }
    }
}

fn numbers_of(n: usize) -> i64 {
    i64::try_from(n).unwrap()
}

//! Changes that the sampler finds and captures that it costs, on made-up histories and, where the shared material exists,
//! on real ones.
//! Prints a table: `cargo test --test it sampler_accuracy -- --nocapture`.

use std::collections::HashSet;
use std::fs;

use policytrail::model::{TextHash, Timestamp};
use policytrail::sample::{Grid, ReadState, SampleCapture, Strategy, next};

use crate::support::paths::shared;

const DAY: i64 = 86_400;
const EVERY_CHANGE: Strategy = Strategy::EveryChange {
    grid: Grid::HALF_YEAR,
    resolution_seconds: DAY.unsigned_abs(),
};

/// Every capture of a page, in order of time, and the text each shows.
struct History {
    name: String,
    times: Vec<Timestamp>,
    texts: Vec<u64>,
    /// The index has record lengths: two texts differ by some hundred bytes, two captures of one text by a few.
    with_lengths: bool,
}

impl History {
    /// Positions of the captures whose text differs from that of the capture before.
    fn changes(&self) -> Vec<usize> {
        (1..self.texts.len())
            .filter(|&i| self.texts[i] != self.texts[i - 1])
            .collect()
    }

    /// True when texts return after other texts, and more than a few times.
    fn alternates(&self) -> bool {
        let changes = self.changes();
        let different: HashSet<u64> = self.texts.iter().copied().collect();
        changes.len() >= 2 * different.len()
    }

    fn seconds(&self, place: usize) -> i64 {
        self.times[place].unix_seconds()
    }
}

/// Positions of the captures that the sampler reads.
fn sampled(history: &History) -> Vec<usize> {
    let length =
        |place: usize| 20_000 + 150 * (history.texts[place] % 97) + (place * place % 5) as u64;
    let unread = |(place, timestamp): (usize, &Timestamp)| SampleCapture {
        timestamp: *timestamp,
        payload: None,
        length: history.with_lengths.then(|| length(place)),
        words: None,
        state: ReadState::Unread,
    };
    let mut captures: Vec<SampleCapture> = history.times.iter().enumerate().map(unread).collect();
    loop {
        let wanted = next(EVERY_CHANGE, &captures);
        if wanted.is_empty() {
            return (0..captures.len())
                .filter(|&i| captures[i].state != ReadState::Unread)
                .collect();
        }
        for i in wanted {
            assert_eq!(captures[i].state, ReadState::Unread, "read twice");
            captures[i].state =
                ReadState::Text(TextHash::of_normalised(&history.texts[i].to_string()));
        }
    }
}

/// Positions of the captures that the plain rule reads: one per half-year and the ends, then bisection between neighbours
/// that differ, down to a day. Equal neighbours are taken as unchanged. The sampler must do better.
fn plain(history: &History) -> Vec<usize> {
    let mut reads: Vec<usize> = [0, history.times.len() - 1].into();
    let places: Vec<usize> = (0..history.times.len()).collect();
    let nearest = |among: &[usize], moment: i64| {
        *among
            .iter()
            .min_by_key(|&&i| history.seconds(i).abs_diff(moment))
            .unwrap()
    };
    let step_of = |i: usize| Grid::HALF_YEAR.step_of(history.times[i]);
    for step in places.chunk_by(|&a, &b| step_of(a) == step_of(b)) {
        reads.push(nearest(
            step,
            Grid::HALF_YEAR.middle_of(step_of(step[0])).unix_seconds(),
        ));
    }
    loop {
        reads.sort_unstable();
        reads.dedup();
        let open = reads.windows(2).filter(|pair| {
            let (a, b) = (pair[0], pair[1]);
            history.texts[a] != history.texts[b]
                && b - a > 1
                && history.seconds(b) - history.seconds(a) > DAY
        });
        let cut = |pair: &[usize]| {
            let middle = history.seconds(pair[0]).midpoint(history.seconds(pair[1]));
            nearest(&places[pair[0] + 1..pair[1]], middle)
        };
        let cuts: Vec<usize> = open.map(cut).collect();
        if cuts.is_empty() {
            return reads;
        }
        reads.extend(cuts);
    }
}

/// Counts over one history or several: all changes, those with a week and those with a month of calm on both sides.
#[derive(Debug, Default, Clone, Copy)]
struct Score {
    captures: usize,
    fetched: usize,
    changes: [usize; 3],
    found: [usize; 3],
}

impl Score {
    /// A change is found when the captures read around it belong to the runs directly before and after it.
    fn of(history: &History, reads: &[usize]) -> Self {
        let changes = history.changes();
        let mut score = Self {
            captures: history.times.len(),
            fetched: reads.len(),
            ..Self::default()
        };
        for (n, &change) in changes.iter().enumerate() {
            let run_before = n.checked_sub(1).map_or(0, |b| changes[b]);
            let run_after_ends = changes.get(n + 1).copied().unwrap_or(history.times.len());
            let after = reads.partition_point(|&l| l < change);
            let found = after > 0
                && reads[after - 1] >= run_before
                && reads.get(after).is_some_and(|&l| l < run_after_ends);
            for (class, days) in [0, 7, 30].into_iter().enumerate() {
                let before = n == 0
                    || history.seconds(change) - history.seconds(changes[n - 1]) >= days * DAY;
                let after = changes
                    .get(n + 1)
                    .is_none_or(|&c| history.seconds(c) - history.seconds(change) >= days * DAY);
                if before && after {
                    score.changes[class] += 1;
                    score.found[class] += usize::from(found);
                }
            }
        }
        score
    }

    fn add(&mut self, other: &Self) {
        self.captures += other.captures;
        self.fetched += other.fetched;
        for class in 0..3 {
            self.changes[class] += other.changes[class];
            self.found[class] += other.found[class];
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "some thousand captures")]
    fn per_change(&self) -> (f64, f64) {
        (
            self.fetched as f64 / self.changes[0].max(1) as f64,
            self.fetched as f64 / self.found[0].max(1) as f64,
        )
    }

    #[expect(
        clippy::print_stdout,
        reason = "the table is what a reader runs this for"
    )]
    fn print(&self, name: &str, rule: &str) {
        let (per_change, per_found) = self.per_change();
        let of = |class: usize| format!("{}/{}", self.found[class], self.changes[class]);
        println!(
            "{name:34} {rule:8} {:8} {:8} {:8} {per_change:10.2} {per_found:9.2} {:>10} {:>10} {:>10}",
            self.captures,
            self.changes[0],
            self.fetched,
            of(0),
            of(1),
            of(2)
        );
    }
}

#[expect(
    clippy::print_stdout,
    reason = "the table is what a reader runs this for"
)]
fn print_head() {
    println!(
        "\n{:34} {:8} {:>8} {:>8} {:>8} {:>10} {:>9} {:>10} {:>10} {:>10}",
        "history",
        "rule",
        "captures",
        "changes",
        "fetched",
        "per change",
        "per found",
        "found all",
        "calm 7 d",
        "calm 30 d"
    );
}

/// Scores both rules on histories, prints each score and the sums, and returns the sums (plain, sampler).
fn compare<'h>(title: &str, histories: impl Iterator<Item = &'h History>) -> (Score, Score) {
    let (mut plain_sum, mut sampled_sum) = (Score::default(), Score::default());
    for history in histories {
        let (by_plain, by_sampler) = (
            Score::of(history, &plain(history)),
            Score::of(history, &sampled(history)),
        );
        by_plain.print(&history.name, "plain");
        by_sampler.print("", "sampler");
        plain_sum.add(&by_plain);
        sampled_sum.add(&by_sampler);
    }
    plain_sum.print(title, "plain");
    sampled_sum.print("", "sampler");
    (plain_sum, sampled_sum)
}

/// Pseudo-random numbers that are the same everywhere (xorshift).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }
}

/// Six years of captures at random moments, about one a day, of a page that changes about every 100 days, on a working
/// day as policies do; beside that it shows another text where `flips(day, a number below 100)` says so.
fn made_up(name: &str, seed: u64, flips: impl Fn(i64, u64) -> bool) -> History {
    let mut numbers = Numbers(seed | 1);
    let start = Timestamp::earliest("2015").unwrap().unix_seconds();
    let mut seconds: Vec<i64> = (0..2200)
        .map(|_| i64::try_from(numbers.below(6 * 365 * 86_400)).unwrap())
        .collect();
    seconds.sort_unstable();
    seconds.dedup();
    let (mut text, mut until) = (0, 0);
    let texts = seconds.iter().map(|&s| {
        if s > until {
            text += 2;
            until = s + i64::try_from(40 + numbers.below(120)).unwrap() * DAY;
            // 2015 began on a Thursday: Saturdays and Sundays are the third and fourth day of its weeks.
            until += match (until / DAY) % 7 {
                2 => 2 * DAY,
                3 => DAY,
                _ => 0,
            };
        }
        text + u64::from(flips(s / DAY, numbers.below(100)))
    });
    let texts = texts.collect();
    let times = seconds
        .iter()
        .map(|s| Timestamp::from_unix_seconds(start + s))
        .collect();
    History {
        name: format!("{name} {seed}"),
        times,
        texts,
        with_lengths: false,
    }
}

#[test]
fn calm_pages_cost_no_more_than_with_the_plain_rule() {
    let histories: Vec<History> = (1..=4_u64)
        .map(|seed| made_up("calm", seed * 7919, |_, _| false))
        .collect();
    print_head();
    let (plain, sampled) = compare("calm pages", histories.iter());
    assert_eq!(sampled.found[2], sampled.changes[2]);
    assert!(sampled.found[0] >= plain.found[0]);
    assert!(
        sampled.fetched <= plain.fetched,
        "{} captures read, {} by the plain rule",
        sampled.fetched,
        plain.fetched
    );
}

#[test]
fn calm_pages_cost_half_where_the_index_has_record_lengths() {
    let histories: Vec<History> = (1..=4_u64)
        .map(|seed| History {
            with_lengths: true,
            ..made_up("calm, lengths", seed * 7919, |_, _| false)
        })
        .collect();
    print_head();
    let (plain, sampled) = compare("calm pages, lengths", histories.iter());
    assert!(sampled.found[0] >= plain.found[0]);
    assert!(
        2 * sampled.fetched <= plain.fetched,
        "{} captures read, {} by the plain rule",
        sampled.fetched,
        plain.fetched
    );
}

#[test]
fn alternating_pages_reveal_more_changes_per_fetch() {
    type Flips = fn(i64, u64) -> bool;
    let kinds: [(&str, Flips); 4] = [
        ("one capture in ten", |day, n| {
            (400..1100).contains(&day) && n < 10
        }),
        ("one capture in four", |day, n| {
            (400..1100).contains(&day) && n < 25
        }),
        ("five days each", |day, _| {
            (400..800).contains(&day) && (day / 5) % 2 == 0
        }),
        ("two editions", |_, n| n < 50),
    ];
    for (kind, flips) in kinds {
        for with_lengths in [false, true] {
            let made_up = |seed: u64| made_up(kind, seed * 104_729, flips);
            let histories: Vec<History> = (1..=4_u64)
                .map(|seed| History {
                    with_lengths,
                    ..made_up(seed)
                })
                .collect();
            print_head();
            let (plain, sampled) = compare(kind, histories.iter());
            assert!(histories.iter().all(History::alternates));
            assert!(
                sampled.per_change().1 < plain.per_change().1,
                "{kind}: a found change costs more than by the plain rule"
            );
            // Where record lengths show the alternation, half as many changes more are found.
            assert!(
                !with_lengths || 2 * sampled.found[0] >= 3 * plain.found[0],
                "{kind}: {} found, {} by the plain rule",
                sampled.found[0],
                plain.found[0]
            );
            assert!(
                with_lengths || sampled.fetched <= plain.fetched,
                "{kind}: {} captures read, {} by the plain rule",
                sampled.fetched,
                plain.fetched
            );
            // 46 changes in each of twelve half-years: a pure alternation is not resolved completely.
            assert!(
                sampled.fetched <= 4 * 12 * 100,
                "{kind}: {} reads",
                sampled.fetched
            );
        }
    }
}

/// The dense histories of the shared material; `None` where they do not exist.
fn shared_histories() -> Option<Vec<History>> {
    let lines = fs::read_to_string(shared("archives/dense_histories.jsonl")?).unwrap();
    let history = |line: &str| {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        let times = row["timestamps"]
            .as_array()
            .unwrap()
            .iter()
            .map(|t| t.as_str().unwrap().parse().unwrap());
        let runs = row["text_runs"].as_array().unwrap().iter();
        let texts = runs.flat_map(|run| {
            std::iter::repeat_n(
                run[0].as_u64().unwrap(),
                usize::try_from(run[1].as_u64().unwrap()).unwrap(),
            )
        });
        History {
            name: row["document"].as_str().unwrap().to_owned(),
            times: times.collect(),
            texts: texts.collect(),
            with_lengths: false,
        }
    };
    Some(lines.lines().map(history).collect())
}

#[test]
fn real_dense_histories_give_at_least_the_changes_of_the_plain_rule_and_more_on_alternating_pages()
{
    let Some(histories) = shared_histories() else {
        return;
    };
    assert!(histories.iter().all(|h| h.times.len() == h.texts.len()));
    print_head();
    let (plain_calm, calm) = compare(
        "pages that do not alternate",
        histories.iter().filter(|h| !h.alternates()),
    );
    print_head();
    let (plain_flips, flips) = compare(
        "pages that alternate",
        histories.iter().filter(|h| h.alternates()),
    );
    let (mut plain_all, mut all) = (plain_calm, calm);
    plain_all.add(&plain_flips);
    all.add(&flips);
    print_head();
    plain_all.print("all", "plain");
    all.print("", "sampler");

    assert_eq!(
        all.found[2], all.changes[2],
        "a change with a month of calm on both sides was missed"
    );
    assert!(100 * all.found[1] >= 99 * all.changes[1], "{all:?}");
    assert!(
        calm.fetched <= plain_calm.fetched,
        "pages that do not alternate cost more"
    );
    assert!(calm.found[0] >= plain_calm.found[0]);
    assert!(
        flips.found[0] > plain_flips.found[0] && flips.per_change().1 < plain_flips.per_change().1
    );
    assert!(
        all.fetched <= plain_all.fetched,
        "all pages together cost more"
    );
    assert!(
        all.per_change().1 <= plain_all.per_change().1,
        "a found change costs more than by the plain rule"
    );
}

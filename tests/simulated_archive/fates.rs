//! What may happen to a simulated site: the kinds of sites, used in rotation.

use super::numbers::Numbers;

/// How home pages lead to the policy.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Linked {
    Plainly,
    /// Through a page of legal texts.
    Hub,
    /// From a frame, until 2006.
    Frame,
    /// Home pages were captured, but show no readable link.
    Unreadable,
    /// No home page was captured.
    NoHome,
}

/// What is special about a site.
#[derive(Clone, Copy)]
pub struct Fate {
    pub captures_a_year: usize,
    /// True if every visit gives different bytes.
    pub fickle: bool,
    /// Approximate number of years between two versions.
    pub calm_years: usize,
    pub moves: usize,
    pub move_redirects: bool,
    pub linked: Linked,
    pub wordless: bool,
    pub other_host: bool,
    pub cookies: bool,
    pub children: bool,
    pub editions: bool,
    pub decoys: bool,
    pub parked: bool,
    pub soft_404: bool,
    pub login: bool,
    pub outage: bool,
    pub https: bool,
    pub no_policy: bool,
    pub shells: bool,
    pub restored: bool,
}

/// Number of kinds of sites, which are used in rotation.
pub const KINDS: usize = 24;

pub fn fate(kind: usize, numbers: &mut Numbers) -> Fate {
    let plain = Fate {
        captures_a_year: numbers.between(2, 14),
        fickle: numbers.chance(35),
        calm_years: numbers.between(1, 4),
        moves: 0,
        move_redirects: true,
        linked: Linked::Plainly,
        wordless: false,
        other_host: false,
        cookies: false,
        children: false,
        editions: false,
        decoys: numbers.chance(25),
        parked: false,
        soft_404: numbers.chance(10),
        login: false,
        outage: numbers.chance(15),
        https: numbers.chance(40),
        no_policy: false,
        shells: false,
        restored: false,
    };
    match kind {
        0 | 1 => plain,
        2..=5 => in_captures(kind, plain, numbers),
        6..=10 => in_addresses(kind, plain),
        11..=16 => in_links(kind, plain, numbers),
        _ => in_events(kind, plain, numbers),
    }
}

/// Sets how often a site is captured and how often its policy changes.
fn in_captures(kind: usize, plain: Fate, numbers: &mut Numbers) -> Fate {
    match kind {
        2 => Fate {
            fickle: true,
            ..plain
        },
        3 => Fate {
            captures_a_year: numbers.between(60, 160),
            fickle: true,
            ..plain
        },
        4 => Fate {
            captures_a_year: numbers.between(60, 160),
            fickle: false,
            ..plain
        },
        _ => Fate {
            captures_a_year: numbers.between(25, 80),
            fickle: true,
            calm_years: 9,
            ..plain
        },
    }
}

/// Sets the URLs of a policy, and its moves.
fn in_addresses(kind: usize, plain: Fate) -> Fate {
    match kind {
        6 => Fate { moves: 1, ..plain },
        7 => Fate {
            moves: 2,
            https: true,
            ..plain
        },
        8 => Fate {
            moves: 1,
            move_redirects: false,
            ..plain
        },
        9 => Fate {
            wordless: true,
            ..plain
        },
        _ => Fate {
            wordless: true,
            moves: 1,
            ..plain
        },
    }
}

/// Sets how a site links to its policy.
fn in_links(kind: usize, plain: Fate, numbers: &mut Numbers) -> Fate {
    match kind {
        11 => Fate {
            linked: Linked::NoHome,
            ..plain
        },
        12 => Fate {
            linked: Linked::Unreadable,
            ..plain
        },
        13 => Fate {
            linked: Linked::Hub,
            wordless: numbers.chance(50),
            ..plain
        },
        14 => Fate {
            linked: Linked::Frame,
            wordless: numbers.chance(50),
            ..plain
        },
        15 => Fate {
            cookies: true,
            children: numbers.chance(60),
            ..plain
        },
        _ => Fate {
            other_host: true,
            ..plain
        },
    }
}

/// Sets what else happens to policies.
fn in_events(kind: usize, plain: Fate, numbers: &mut Numbers) -> Fate {
    match kind {
        17 => Fate {
            editions: true,
            ..plain
        },
        18 => Fate {
            parked: true,
            soft_404: true,
            ..plain
        },
        19 => Fate {
            login: true,
            outage: true,
            ..plain
        },
        20 => Fate {
            no_policy: true,
            decoys: numbers.chance(60),
            ..plain
        },
        21 => Fate {
            shells: true,
            ..plain
        },
        22 => Fate {
            restored: true,
            captures_a_year: numbers.between(8, 40),
            ..plain
        },
        _ => Fate {
            calm_years: 1,
            captures_a_year: numbers.between(10, 40),
            ..plain
        },
    }
}

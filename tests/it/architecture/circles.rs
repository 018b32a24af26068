//! Finds circles in a graph of files.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Which file imports from which.
pub type Graph = BTreeMap<String, BTreeSet<String>>;

/// The groups of files that import from each other, directly or over others; none in a graph without circles.
pub fn circles(graph: &Graph) -> Vec<BTreeSet<String>> {
    let reached: BTreeMap<&String, BTreeSet<&String>> = graph
        .keys()
        .map(|file| (file, reached_from(graph, file)))
        .collect();
    let mut found: Vec<BTreeSet<String>> = Vec::new();
    for (file, others) in &reached {
        if !others.contains(*file) || found.iter().any(|group| group.contains(*file)) {
            continue;
        }
        let mutual = others
            .iter()
            .filter(|other| reached.get(**other).is_some_and(|r| r.contains(*file)));
        found.push(mutual.map(|other| (*other).clone()).collect());
    }
    found
}

fn reached_from<'g>(graph: &'g Graph, start: &String) -> BTreeSet<&'g String> {
    let mut reached = BTreeSet::new();
    let mut open: Vec<&String> = graph.get(start).into_iter().flatten().collect();
    while let Some(file) = open.pop() {
        if reached.insert(file) {
            open.extend(graph.get(file).into_iter().flatten());
        }
    }
    reached
}

/// A shortest way from a file back to itself; empty when there is none.
pub fn shortest_circle(graph: &Graph, start: &str) -> Vec<String> {
    let mut came_from: BTreeMap<&str, &str> = BTreeMap::new();
    let mut open = VecDeque::from([start]);
    while let Some(file) = open.pop_front() {
        for next in graph.get(file).into_iter().flatten() {
            if next == start {
                let mut way = vec![start.to_owned()];
                let mut at = file;
                while at != start {
                    way.push(at.to_owned());
                    at = came_from[at];
                }
                way.push(start.to_owned());
                way.reverse();
                return way;
            }
            if !came_from.contains_key(next.as_str()) {
                came_from.insert(next, file);
                open.push_back(next);
            }
        }
    }
    Vec::new()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Graph, circles, shortest_circle};

    fn graph(edges: &[(&str, &str)]) -> Graph {
        let mut graph = Graph::new();
        for (from, to) in edges {
            let targets = graph.entry((*from).to_owned()).or_default();
            targets.insert((*to).to_owned());
            graph.entry((*to).to_owned()).or_default();
        }
        graph
    }

    #[test]
    fn a_graph_whose_arrows_all_go_down_has_no_circle() {
        assert!(circles(&graph(&[("a", "b"), ("a", "c"), ("b", "d"), ("c", "d")])).is_empty());
    }

    #[test]
    fn two_files_that_import_from_each_other_are_a_circle() {
        let graph = graph(&[("a", "b"), ("b", "a"), ("c", "a")]);
        let found = circles(&graph);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].iter().collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(shortest_circle(&graph, "a"), ["a", "b", "a"]);
        assert!(shortest_circle(&graph, "c").is_empty());
    }

    #[test]
    fn a_circle_over_several_files_is_found_beside_another() {
        let graph = graph(&[
            ("a", "b"),
            ("b", "c"),
            ("c", "a"),
            ("c", "d"),
            ("d", "e"),
            ("e", "d"),
        ]);
        let sizes: Vec<usize> = circles(&graph).iter().map(BTreeSet::len).collect();
        assert_eq!(sizes, [3, 2]);
        assert_eq!(shortest_circle(&graph, "b"), ["b", "c", "a", "b"]);
    }
}

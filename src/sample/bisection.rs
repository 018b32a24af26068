//! Bisects an ordered list to find where values change.

/// Chooses the places whose values are needed next, of `count` things in order of time: the first and the last; then,
/// between each two neighbours with known and different values, the middle one of the open places. Empty when nothing
/// is left.
///
/// `is_open` is true for a place that may be chosen, `value` gives what is known of a place, and `differ` compares two
/// values.
pub fn bisect<T>(
    count: usize,
    is_open: &dyn Fn(usize) -> bool,
    value: &dyn Fn(usize) -> Option<T>,
    differ: &dyn Fn(&T, &T) -> bool,
) -> Vec<usize> {
    let Some(last) = count.checked_sub(1) else {
        return Vec::new();
    };
    let mut open: Vec<usize> = [0, last].into_iter().filter(|&i| is_open(i)).collect();
    open.dedup();
    if !open.is_empty() {
        return open;
    }
    let values: Vec<(usize, T)> = (0..count).filter_map(|i| Some((i, value(i)?))).collect();
    for pair in values.windows(2) {
        if let [(left, one), (right, other)] = pair
            && differ(one, other)
        {
            let between: Vec<usize> = (left + 1..*right).filter(|&i| is_open(i)).collect();
            open.extend(between.get(between.len() / 2));
        }
    }
    open
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_found_by_the_ends_and_few_places_between() {
        let things = [1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2];
        let mut known = [None; 12];
        let mut asked = 0;
        loop {
            let wanted = bisect(
                things.len(),
                &|i| known[i].is_none(),
                &|i| known[i],
                &|one, other| one != other,
            );
            if wanted.is_empty() {
                break;
            }
            asked += wanted.len();
            for place in wanted {
                known[place] = Some(things[place]);
            }
        }
        assert!(known[6].is_some() && known[7].is_some());
        assert!(asked <= 6, "{asked}");
        assert!(bisect(0, &|_| true, &|_| Some(0), &|one, other| one != other).is_empty());
    }
}

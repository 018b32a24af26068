//! Which of a row of things to ask about: where something changed is told by few of them.

/// Places, of `count` things in order of time, to ask about now: the first and the last; then, where two neighbours that
/// answered say different things, one of the open ones between them. Empty when nothing is left to ask.
pub(crate) fn ends_then_between<T>(
    count: usize,
    is_open: &dyn Fn(usize) -> bool,
    answer: &dyn Fn(usize) -> Option<T>,
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
    let answers: Vec<(usize, T)> = (0..count).filter_map(|i| Some((i, answer(i)?))).collect();
    for pair in answers.windows(2) {
        if let [(left, one), (right, other)] = pair
            && differ(one, other)
        {
            let between: Vec<usize> = (left + 1..*right).filter(|&i| is_open(i)).collect();
            open.extend(between.get(between.len() / 2));
        }
    }
    open
}

//! A visitor that gets a limited number of items.

use std::ops::ControlFlow;

/// Hands items to a visitor up to a limit, and notes whether there are more.
pub(super) struct Limited<F, E> {
    visit: F,
    left: usize,
    has_more: bool,
    failure: Option<E>,
}

impl<F, E> Limited<F, E> {
    /// A visitor that gets `limit` items at most; all if there is no limit.
    pub(super) fn new(limit: Option<usize>, visit: F) -> Self {
        Self {
            visit,
            left: limit.unwrap_or(usize::MAX),
            has_more: false,
            failure: None,
        }
    }

    /// Hands one more item to the visitor; breaks if no further one is wanted.
    pub(super) fn take<T>(&mut self, item: T) -> ControlFlow<()>
    where
        F: FnMut(T) -> Result<(), E>,
    {
        if self.left == 0 {
            self.has_more = true;
            return ControlFlow::Break(());
        }
        self.left -= 1;
        match (self.visit)(item) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                self.failure = Some(error);
                ControlFlow::Break(())
            }
        }
    }

    /// Returns whether there are more items than the limit, or the error of the visitor.
    pub(super) fn finish(self) -> Result<bool, E> {
        self.failure.map_or(Ok(self.has_more), Err)
    }
}

//! The head of a record, over the ends of gzip members, but never into the next record.

use std::io::{self, BufRead, Read};

use super::members::MemberReader;

/// Reads the head of a record. Small blocks of gzip end inside heads.
#[derive(Debug)]
pub(super) struct HeadReader<'a, R: Read> {
    source: &'a mut MemberReader<R>,
    is_ended: bool,
}

impl<'a, R: Read> HeadReader<'a, R> {
    /// Reads the head that begins at the present place.
    pub(super) fn new(source: &'a mut MemberReader<R>) -> Self {
        Self {
            source,
            is_ended: false,
        }
    }
}

impl<R: Read> Read for HeadReader<'_, R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let mut available = self.fill_buf()?;
        let count = available.read(out)?;
        self.consume(count);
        Ok(count)
    }
}

impl<R: Read> BufRead for HeadReader<'_, R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while !self.is_ended && self.source.fill_buf()?.is_empty() {
            self.is_ended = !self.source.next_member()? || self.source.is_at_record()?;
        }
        if self.is_ended {
            return Ok(&[]);
        }
        self.source.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        self.source.consume(count);
    }
}

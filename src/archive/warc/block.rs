//! The block of a record: as many bytes as its head states, over the ends of gzip members, but never into the next
//! record.

use std::io::{self, BufRead, Read};

use super::members::MemberReader;

/// How a block ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BlockEnd {
    /// It has as many bytes as stated, or more bytes follow.
    Stated,
    /// Its gzip member ended, and the next one begins with a record. Its stated length is too large.
    NextRecord,
    /// The file ended after the two line ends that follow a record.
    RecordEnd,
    /// The file ended elsewhere.
    FileEnd,
}

/// Reads a block.
#[derive(Debug)]
pub(super) struct BlockReader<'a, R: Read> {
    source: &'a mut MemberReader<R>,
    left: u64,
    read: u64,
    end: BlockEnd,
    /// The last bytes that were read.
    tail: [u8; 4],
}

impl<'a, R: Read> BlockReader<'a, R> {
    /// Reads a block of this length.
    pub(super) fn new(source: &'a mut MemberReader<R>, length: u64) -> Self {
        Self {
            source,
            left: length,
            read: 0,
            end: BlockEnd::Stated,
            tail: [0; 4],
        }
    }

    /// True when no byte of the block is left.
    pub(super) fn is_at_end(&mut self) -> io::Result<bool> {
        Ok(self.fill_buf()?.is_empty())
    }

    /// Reads the rest. Returns how the block ended, its stated length being wrong unless it is [`BlockEnd::Stated`], and
    /// its real length without the line ends after it.
    pub(super) fn finish(mut self) -> io::Result<(BlockEnd, u64)> {
        io::copy(&mut self, &mut io::sink())?;
        let line_ends = if self.end == BlockEnd::Stated {
            0
        } else if self.tail == *b"\r\n\r\n" {
            4
        } else if self.tail.ends_with(b"\n\n") {
            2
        } else {
            0
        };
        let end = match self.end {
            BlockEnd::FileEnd if line_ends > 0 => BlockEnd::RecordEnd,
            end => end,
        };
        Ok((end, self.read.saturating_sub(line_ends)))
    }
}

impl<R: Read> Read for BlockReader<'_, R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let mut available = self.fill_buf()?;
        let count = available.read(out)?;
        self.consume(count);
        Ok(count)
    }
}

impl<R: Read> BufRead for BlockReader<'_, R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.left > 0 && self.source.fill_buf()?.is_empty() {
            if !self.source.next_member()? {
                (self.left, self.end) = (0, BlockEnd::FileEnd);
            } else if self.source.is_at_record()? {
                (self.left, self.end) = (0, BlockEnd::NextRecord);
            }
        }
        if self.left == 0 {
            return Ok(&[]);
        }
        let available = self.source.fill_buf()?;
        let room = usize::try_from(self.left).unwrap_or(usize::MAX);
        Ok(available.get(..room).unwrap_or(available))
    }

    fn consume(&mut self, count: usize) {
        // Behind the last byte, the source may have an error to tell: a wrong check sum.
        if count == 0 {
            return;
        }
        let used = self.source.fill_buf().unwrap_or_default();
        let used = used.get(..count).unwrap_or(used);
        for byte in used.get(used.len().saturating_sub(4)..).unwrap_or_default() {
            self.tail.rotate_left(1);
            self.tail[3] = *byte;
        }
        self.source.consume(count);
        self.left = self.left.saturating_sub(count as u64);
        self.read = self.read.saturating_add(count as u64);
    }
}

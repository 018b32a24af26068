//! A buffered reader that counts its bytes and can look ahead, also across the end of its buffer.

use std::io::{self, BufRead, Read, Seek, SeekFrom};

use memchr::memmem;

/// Size of the buffers between file, decompressor and parser.
pub(super) const BUFFER_BYTES: usize = 64 * 1024;

/// A buffered reader that counts its bytes and can look ahead.
#[derive(Debug)]
pub(super) struct PeekReader<R> {
    inner: R,
    buffer: Vec<u8>,
    begin: usize,
    end: usize,
    position: u64,
}

impl<R> PeekReader<R> {
    /// Reads from `inner` and counts from `position`.
    pub(super) fn new(inner: R, position: u64) -> Self {
        Self {
            inner,
            buffer: vec![0; BUFFER_BYTES],
            begin: 0,
            end: 0,
            position,
        }
    }

    /// Position after the bytes consumed so far.
    pub(super) fn position(&self) -> u64 {
        self.position
    }

    /// The reader below.
    pub(super) fn get_ref(&self) -> &R {
        &self.inner
    }

    /// The reader below. Bytes in the buffer are lost.
    pub(super) fn into_inner(self) -> R {
        self.inner
    }

    fn buffered(&self) -> &[u8] {
        self.buffer.get(self.begin..self.end).unwrap_or_default()
    }
}

impl<R: Read> PeekReader<R> {
    /// The next `count` bytes without consuming them; fewer only at the end of the stream.
    pub(super) fn peek(&mut self, count: usize) -> io::Result<&[u8]> {
        while self.end - self.begin < count && self.fill()? {}
        let buffered = self.buffered();
        Ok(buffered.get(..count).unwrap_or(buffered))
    }

    /// Reads more bytes into the buffer. False at the end of the stream, and when the buffer is full.
    fn fill(&mut self) -> io::Result<bool> {
        if self.begin > 0 {
            self.buffer.copy_within(self.begin..self.end, 0);
            self.end -= self.begin;
            self.begin = 0;
        }
        loop {
            let room = self.buffer.get_mut(self.end..).unwrap_or_default();
            match self.inner.read(room) {
                Ok(count) => {
                    self.end += count;
                    return Ok(count > 0);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Consumes bytes up to the next occurrence of `pattern`, which is then the next to be read. False when there is none.
    pub(super) fn skip_to(&mut self, pattern: &[u8]) -> io::Result<bool> {
        loop {
            if self.peek(pattern.len())?.len() < pattern.len() {
                let rest = self.end - self.begin;
                self.consume(rest);
                return Ok(false);
            }
            if let Some(at) = memmem::find(self.buffered(), pattern) {
                self.consume(at);
                return Ok(true);
            }
            // The pattern may begin in the last bytes.
            let skipped = self.end - self.begin + 1 - pattern.len();
            self.consume(skipped);
        }
    }
}

impl<R: Read + Seek> PeekReader<R> {
    /// Continues at this position of the stream below.
    pub(super) fn seek_to(&mut self, position: u64) -> io::Result<()> {
        self.inner.seek(SeekFrom::Start(position))?;
        (self.begin, self.end, self.position) = (0, 0, position);
        Ok(())
    }
}

impl<R: Read> Read for PeekReader<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let mut available = self.fill_buf()?;
        let count = available.read(out)?;
        self.consume(count);
        Ok(count)
    }
}

impl<R: Read> BufRead for PeekReader<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.begin == self.end {
            self.fill()?;
        }
        Ok(self.buffered())
    }

    fn consume(&mut self, count: usize) {
        let count = count.min(self.end - self.begin);
        self.begin += count;
        self.position = self.position.saturating_add(count as u64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A stream that gives one byte at a time.
    struct Drops(&'static [u8]);

    impl Read for Drops {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            let count = self.0.len().min(out.len()).min(1);
            self.0.read(&mut out[..count])
        }
    }

    #[test]
    fn bytes_are_seen_before_they_are_consumed_and_counted() {
        let mut reader = PeekReader::new(Drops(b"abcdef"), 10);
        assert_eq!(reader.peek(3).unwrap(), b"abc");
        assert_eq!(reader.position(), 10);
        reader.consume(2);
        assert_eq!(reader.peek(9).unwrap(), b"cdef");
        assert_eq!(reader.position(), 12);
        let mut rest = Vec::new();
        reader.read_to_end(&mut rest).unwrap();
        assert_eq!((rest.as_slice(), reader.position()), (&b"cdef"[..], 16));
        assert_eq!(reader.peek(1).unwrap(), b"");
    }

    #[test]
    fn a_pattern_is_found_across_the_ends_of_buffers() {
        let mut bytes = vec![b'-'; BUFFER_BYTES - 2];
        bytes.extend_from_slice(b"WARC/1.0");
        let mut reader = PeekReader::new(io::Cursor::new(bytes), 0);
        assert!(reader.skip_to(b"WARC/").unwrap());
        assert_eq!(reader.position(), BUFFER_BYTES as u64 - 2);
        assert_eq!(reader.peek(8).unwrap(), b"WARC/1.0");
        assert!(!reader.skip_to(b"nowhere").unwrap());
        assert_eq!(reader.peek(1).unwrap(), b"");
        reader.seek_to(3).unwrap();
        assert!(reader.skip_to(b"WARC/").unwrap());
    }
}

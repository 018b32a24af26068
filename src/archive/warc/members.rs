//! The bytes of a WARC file without its compression: plain, one gzip member per record, several members per record,
//! several records per member (also blocked gzip, where a record begins anywhere), or any mixture.

use std::io::{self, BufRead, Read, Seek};

use flate2::bufread::GzDecoder;

use super::peek::PeekReader;
use super::record::is_version_start;

/// First bytes of a gzip member.
pub(super) const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// First bytes of a gzip member whose compression is deflate, the only one there is.
const GZIP_START: [u8; 3] = [0x1f, 0x8b, 8];

/// Bytes of a possible member that are decompressed to see whether a record begins in it.
const PROBE_BYTES: usize = 4096;

/// Maximum number of places in a damaged file that are examined for the next record. A damaged download has one or two.
const MAX_PROBES: u32 = 10_000;

/// Location of a record in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) struct RecordLocation {
    /// Offset in the file of the record, or of the gzip member that it begins in.
    pub(super) offset: u64,
    /// Bytes of the decompressed member before the record: 0 in files with one member per record.
    pub(super) skip: u64,
    /// Length of the block, if the record states a wrong one.
    pub(super) block_bytes: Option<u64>,
}

/// A file, decompressed. [`BufRead`] ends at the end of each gzip member; [`MemberReader::next_member`] continues.
#[derive(Debug)]
pub(super) struct MemberReader<R: Read> {
    layer: Layer<R>,
    /// Offset of the current member.
    member: u64,
    /// Offset of the last gzip member that was begun.
    last_gzip: u64,
    /// Decompressed bytes before the current member, or before `plain_from`.
    bytes_before: u64,
    /// Offset at which the present bytes without compression begin.
    plain_from: u64,
    was_compressed: bool,
    has_members: bool,
    probes_left: u32,
}

#[derive(Debug)]
enum Layer<R: Read> {
    Plain(PeekReader<R>),
    Gzip(Box<PeekReader<GzDecoder<PeekReader<R>>>>),
    /// Only while one layer replaces another.
    Changing,
}

impl<R: Read> MemberReader<R> {
    /// Reads from `inner`, which is at byte `offset` of the file.
    pub(super) fn new(inner: R, offset: u64) -> Self {
        Self {
            layer: Layer::Plain(PeekReader::new(inner, offset)),
            member: offset,
            last_gzip: offset,
            bytes_before: 0,
            plain_from: offset,
            was_compressed: false,
            has_members: false,
            probes_left: MAX_PROBES,
        }
    }

    /// The location of the next byte.
    pub(super) fn place(&self) -> RecordLocation {
        let (offset, skip) = match &self.layer {
            Layer::Plain(raw) => (raw.position(), 0),
            Layer::Gzip(decoded) => (self.member, decoded.position()),
            Layer::Changing => (self.member, 0),
        };
        RecordLocation {
            offset,
            skip,
            block_bytes: None,
        }
    }

    /// Number of decompressed bytes that were consumed. Only differences between two of them have a meaning.
    pub(super) fn bytes_read(&self) -> u64 {
        self.bytes_before
            + match &self.layer {
                Layer::Plain(raw) => raw.position().saturating_sub(self.plain_from),
                Layer::Gzip(decoded) => decoded.position(),
                Layer::Changing => 0,
            }
    }

    /// Position in the file after the compressed bytes that were used.
    pub(super) fn file_position(&self) -> u64 {
        match &self.layer {
            Layer::Plain(raw) => raw.position(),
            Layer::Gzip(decoded) => decoded.get_ref().get_ref().position(),
            Layer::Changing => self.member,
        }
    }

    /// True in a gzip member.
    pub(super) fn is_compressed(&self) -> bool {
        matches!(self.layer, Layer::Gzip(_))
    }

    /// True in a gzip member, and after the last one.
    pub(super) fn was_compressed(&self) -> bool {
        self.was_compressed
    }

    /// True if the reader is in the gzip member at whose start this place is, or at the end of that member.
    pub(super) fn is_in_member_of(&self, place: RecordLocation) -> bool {
        self.was_compressed && place.skip == 0 && place.offset == self.last_gzip
    }

    /// True once the search for the next record was given up.
    pub(super) fn gave_up(&self) -> bool {
        self.probes_left == 0
    }

    /// True once a gzip member was read.
    pub(super) fn has_members(&self) -> bool {
        self.has_members
    }

    /// The next `count` bytes of the member; fewer only at its end.
    pub(super) fn peek(&mut self, count: usize) -> io::Result<&[u8]> {
        match &mut self.layer {
            Layer::Plain(raw) => raw.peek(count),
            Layer::Gzip(decoded) => decoded.peek(count),
            Layer::Changing => Ok(&[]),
        }
    }

    /// Ends the current member, which must have been read, and begins the next one. Zero bytes between members are
    /// skipped. False at the end of the file.
    pub(super) fn next_member(&mut self) -> io::Result<bool> {
        let raw = self.raw()?;
        while raw.peek(1)?.first() == Some(&0) {
            raw.consume(1);
        }
        let start = raw.peek(2)?;
        let (is_end, is_gzip) = (start.is_empty(), start == GZIP_MAGIC);
        self.member = raw.position();
        if is_gzip {
            self.begin_gzip();
        } else if !is_end {
            self.was_compressed = false;
        }
        Ok(!is_end)
    }

    /// Goes to the next byte that is neither a line end nor a zero byte, in this member or a later one. False at the end
    /// of the file.
    pub(super) fn go_to_record(&mut self) -> io::Result<bool> {
        loop {
            let available = self.fill_buf()?;
            let filling = available
                .iter()
                .take_while(|byte| matches!(byte, b'\r' | b'\n' | 0))
                .count();
            let (is_end, all) = (available.is_empty(), filling == available.len());
            self.consume(filling);
            if is_end {
                if !self.next_member()? {
                    return Ok(false);
                }
            } else if !all {
                if !self.is_compressed() && self.peek(2)? == GZIP_MAGIC {
                    self.member = self.place().offset;
                    self.begin_gzip();
                    continue;
                }
                return Ok(true);
            }
        }
    }

    /// True when the next bytes are the version line of a record.
    pub(super) fn is_at_record(&mut self) -> io::Result<bool> {
        Ok(is_version_start(self.peek(16)?))
    }

    /// Goes to the next line in the decompressed bytes that begins a record. False when there is none.
    pub(super) fn skip_to_version_line(&mut self) -> io::Result<bool> {
        loop {
            let found = match &mut self.layer {
                Layer::Plain(raw) => raw.skip_to(b"WARC/")?,
                Layer::Gzip(decoded) => decoded.skip_to(b"WARC/")?,
                Layer::Changing => false,
            };
            if found && begins_record(self.peek(256)?) {
                return Ok(true);
            }
            if found {
                self.consume(1);
            } else if !self.next_member()? {
                return Ok(false);
            }
        }
    }

    fn begin_gzip(&mut self) {
        if let Layer::Plain(raw) = std::mem::replace(&mut self.layer, Layer::Changing) {
            let plain_bytes = raw.position().saturating_sub(self.plain_from);
            self.bytes_before = self.bytes_before.saturating_add(plain_bytes);
            self.layer = Layer::Gzip(Box::new(PeekReader::new(GzDecoder::new(raw), 0)));
            (self.was_compressed, self.has_members) = (true, true);
            self.last_gzip = self.member;
        }
    }

    /// The bytes of the file after the current member. Decompressed bytes that were not consumed are lost.
    fn raw(&mut self) -> io::Result<&mut PeekReader<R>> {
        self.layer = match std::mem::replace(&mut self.layer, Layer::Changing) {
            Layer::Gzip(decoded) => {
                self.bytes_before = self.bytes_before.saturating_add(decoded.position());
                let raw = decoded.into_inner().into_inner();
                self.plain_from = raw.position();
                Layer::Plain(raw)
            }
            other => other,
        };
        match &mut self.layer {
            Layer::Plain(raw) => Ok(raw),
            Layer::Gzip(_) | Layer::Changing => Err(io::Error::other("the reader has failed")),
        }
    }
}

/// True for a version line with a header line after it. A page may contain the first alone.
fn begins_record(bytes: &[u8]) -> bool {
    let mut lines = bytes.split(|byte| *byte == b'\n');
    is_version_start(bytes)
        && lines.nth(1).is_some_and(|line| {
            line.first().is_some_and(u8::is_ascii_alphabetic) && line.contains(&b':')
        })
}

impl<R: Read + Seek> MemberReader<R> {
    /// Goes back to a place of the file, which is in a gzip member or not.
    pub(super) fn go_back(&mut self, place: RecordLocation, is_compressed: bool) -> io::Result<()> {
        self.raw()?.seek_to(place.offset)?;
        (self.member, self.plain_from) = (place.offset, place.offset);
        if is_compressed {
            self.begin_gzip();
        }
        self.skip(place.skip)
    }

    /// Goes to a record, compressed or not.
    pub(super) fn go_to(&mut self, place: RecordLocation) -> io::Result<()> {
        self.raw()?.seek_to(place.offset)?;
        let is_compressed = self.peek(2)? == GZIP_MAGIC;
        self.go_back(place, is_compressed)
    }

    fn skip(&mut self, bytes: u64) -> io::Result<()> {
        let skipped = io::copy(&mut self.by_ref().take(bytes), &mut io::sink())?;
        if skipped < bytes {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "the gzip member ends before the record",
            ));
        }
        Ok(())
    }

    /// Goes to the next gzip member in which a record begins, after byte `offset` of a file whose compression is
    /// damaged there. False when there is none.
    pub(super) fn skip_to_member(&mut self, offset: u64) -> io::Result<bool> {
        let raw = self.raw()?;
        raw.seek_to(offset.saturating_add(1))?;
        while self.raw()?.skip_to(&GZIP_START)? {
            if self.probes_left == 0 {
                return Ok(false);
            }
            self.probes_left -= 1;
            let raw = self.raw()?;
            let mut start = Vec::new();
            // A damaged or shortened member still yields its first bytes.
            let _ = GzDecoder::new(raw.peek(PROBE_BYTES)?)
                .take(16)
                .read_to_end(&mut start);
            if is_version_start(&start) {
                self.member = self.raw()?.position();
                self.begin_gzip();
                return Ok(true);
            }
            self.raw()?.consume(1);
        }
        Ok(false)
    }
}

impl<R: Read> Read for MemberReader<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        match &mut self.layer {
            Layer::Plain(raw) => raw.read(out),
            Layer::Gzip(decoded) => decoded.read(out),
            Layer::Changing => Ok(0),
        }
    }
}

impl<R: Read> BufRead for MemberReader<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        match &mut self.layer {
            Layer::Plain(raw) => raw.fill_buf(),
            Layer::Gzip(decoded) => decoded.fill_buf(),
            Layer::Changing => Ok(&[]),
        }
    }

    fn consume(&mut self, count: usize) {
        match &mut self.layer {
            Layer::Plain(raw) => raw.consume(count),
            Layer::Gzip(decoded) => decoded.consume(count),
            Layer::Changing => {}
        }
    }
}

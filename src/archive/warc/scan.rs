//! Indexes a WARC file by reading it from end to end. A damaged part ends nothing: reading continues at the next record.

use std::io::{self, BufRead as _, Read, Seek};

use super::block::{BlockEnd, BlockReader};
use super::head_reader::HeadReader;
use super::lines::{HeadError, read_line};
use super::members::{MemberReader, RecordLocation};
use super::record::{RecordHead, RecordKind};
use super::record_row::{RecordRow, row_of};
use super::requests::Exchanges;
use super::skipped::{SkipReason, Skipped};
use crate::model::Capture;

/// Decompressed bytes of a file that are read again to find the real ends of records with wrong lengths. It takes about
/// ten seconds.
const MAX_REREAD_BYTES: u64 = 4 << 30;

/// Maximum number of faults that are kept with their texts.
const MAX_FAULTS: usize = 20;

/// Longest first line of a request that is read.
const MAX_REQUEST_LINE_BYTES: usize = 256;

/// Result of reading a whole file.
#[derive(Debug, Default)]
pub(super) struct WarcScan {
    /// Captures and the locations of their records, in the order of the file.
    pub(super) rows: Vec<(Capture, RecordLocation)>,
    /// What was left out.
    pub(super) skipped: Skipped,
    /// Damaged parts, at most [`MAX_FAULTS`].
    pub(super) faults: Vec<ScanFault>,
    /// Number of damaged parts.
    pub(super) fault_count: u64,
    /// Number of records whose length is not the one that they state.
    pub(super) wrong_lengths: u64,
    /// Gzip members with more than one record.
    pub(super) shared_members: u64,
    /// Number of records of all types.
    pub(super) records: u64,
}

/// A part of a file that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ScanFault {
    /// Offset of the record or member.
    pub(super) offset: u64,
    /// What is wrong.
    pub(super) detail: String,
    /// What it means for the rest of the file.
    pub(super) kind: FaultKind,
}

/// What a damaged part means for the rest of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FaultKind {
    /// The file ends inside the record.
    CutOff,
    /// The rest is read.
    Damaged,
    /// The rest is not read.
    RestUnread,
    /// The system cannot read the file. The rest is not read.
    System,
}

/// The record that was read last.
#[derive(Clone, Copy)]
struct LastRecord {
    /// Where its block begins.
    block: RecordLocation,
    /// Bytes of its block, as stated.
    bytes: u64,
    is_compressed: bool,
    /// True when it has a row, the last one.
    has_row: bool,
    /// True when two line ends follow it, as they must.
    is_ended: bool,
}

/// Reads a whole WARC: plain, compressed in any way, or any mixture.
pub(super) fn scan(source: impl Read + Seek) -> WarcScan {
    let mut scanner = Scanner {
        source: MemberReader::new(source, 0),
        scan: WarcScan::default(),
        exchanges: Exchanges::default(),
        reread_left: MAX_REREAD_BYTES,
        last: None,
        splits_records: false,
    };
    scanner.run();
    scanner.finish()
}

struct Scanner<R: Read> {
    source: MemberReader<R>,
    scan: WarcScan,
    exchanges: Exchanges,
    reread_left: u64,
    last: Option<LastRecord>,
    /// True if records end in another gzip member than they begin in.
    splits_records: bool,
}

impl<R: Read + Seek> Scanner<R> {
    fn run(&mut self) {
        loop {
            let found = self.source.go_to_record();
            let mut place = self.source.place();
            let step = match found {
                Ok(false) => return,
                Ok(true) => self.step(&mut place),
                Err(error) => Err(error.into()),
            };
            if let Err(error) = step
                && !self.resume(place, error)
            {
                return;
            }
        }
    }

    fn finish(mut self) -> WarcScan {
        let answers = self.exchanges.answers_to_post();
        if !answers.is_empty() {
            let mut place = 0;
            self.scan.rows.retain(|_| {
                place += 1;
                !answers.contains(&(place - 1))
            });
            let count = answers.len() as u64;
            self.scan.skipped.add(SkipReason::AnswerToPost, count);
        }
        let damaged = self.scan.fault_count;
        self.scan.skipped.add(SkipReason::DamagedPart, damaged);
        self.scan
    }

    /// Reads the record at the present place. If no record begins here, corrects the length of the last one.
    fn step(&mut self, place: &mut RecordLocation) -> Result<(), HeadError> {
        if !self.source.is_at_record()?
            && let Some(last) = self.last.take_if(|last| !last.is_ended)
        {
            if !self.correct(&last)? {
                return Ok(());
            }
            *place = self.source.place();
        }
        self.last = None;
        self.record(*place)
    }

    /// Reads one record and the line ends after it.
    fn record(&mut self, place: RecordLocation) -> Result<(), HeadError> {
        let head = RecordHead::read(&mut HeadReader::new(&mut self.source))?;
        let (block_place, is_compressed) = (self.source.place(), self.source.is_compressed());
        let mut block = BlockReader::new(&mut self.source, head.content_length);
        if head.kind == RecordKind::Request {
            let mut line = Vec::new();
            read_line(&mut block, MAX_REQUEST_LINE_BYTES, &mut line)?;
            let line = String::from_utf8_lossy(&line);
            self.exchanges.add_request(&head, &line);
        }
        let row = row_of(&head, &mut block)?;
        let (end, bytes) = block.finish()?;
        self.scan.records += 1;
        let has_row = matches!(row, RecordRow::Capture(_));
        match row {
            RecordRow::Capture(capture) => {
                self.exchanges.add_row(&head);
                self.scan.rows.push((*capture, place));
            }
            RecordRow::Skipped(reason) => self.scan.skipped.add(reason, 1),
            RecordRow::None => {}
        }
        let last = LastRecord {
            block: block_place,
            bytes,
            is_compressed,
            has_row,
            is_ended: false,
        };
        match end {
            BlockEnd::Stated => {
                self.splits_records |=
                    self.source.is_compressed() && self.source.place().offset != place.offset;
                self.end_of_record(place, last)
            }
            BlockEnd::NextRecord => {
                self.set_block_bytes(has_row, bytes);
                Ok(())
            }
            BlockEnd::RecordEnd if self.source.is_in_member_of(place) && !self.splits_records => {
                // It has a gzip member for itself, so nothing is missing but the right length.
                self.set_block_bytes(has_row, bytes);
                Ok(())
            }
            BlockEnd::RecordEnd | BlockEnd::FileEnd => {
                let missing = head.content_length.saturating_sub(bytes);
                self.end_of_file(&last, place, (end, missing))
            }
        }
    }

    /// Reads the line ends after a record.
    fn end_of_record(&mut self, place: RecordLocation, last: LastRecord) -> Result<(), HeadError> {
        let after = self.source.peek(4)?;
        let line_ends = after.iter().take_while(|b| matches!(b, b'\r' | b'\n'));
        let is_ended = after.is_empty() || line_ends.filter(|b| **b == b'\n').count() > 1;
        self.last = Some(LastRecord { is_ended, ..last });
        loop {
            let bytes = self.source.fill_buf()?;
            let count = bytes
                .iter()
                .take_while(|b| matches!(b, b'\r' | b'\n'))
                .count();
            if count == 0 {
                break;
            }
            self.source.consume(count);
        }
        let ends_member = self.source.peek(1)?.is_empty();
        let length = self.source.file_position().saturating_sub(place.offset);
        if place.skip == 0 && (ends_member || !self.source.is_compressed()) {
            if let Some((capture, _)) = self.scan.rows.last_mut().filter(|_| last.has_row) {
                capture.length = Some(length);
            }
        } else if place.skip == 0 {
            self.scan.shared_members += 1;
        }
        Ok(())
    }

    /// Decides what a record is worth that the file ends in, with so many bytes missing.
    fn end_of_file(
        &mut self,
        last: &LastRecord,
        place: RecordLocation,
        (end, missing): (BlockEnd, u64),
    ) -> Result<(), HeadError> {
        // A length that is too large reaches over later records.
        if self.correct(last)? {
            return Ok(());
        }
        if self.scan.wrong_lengths > 1 {
            // The lengths of this file are wrong (its line ends were changed), so that of its last record is too.
            return Ok(());
        }
        if end == BlockEnd::RecordEnd && self.lost_carriage_returns(last, place, missing)? {
            return Ok(());
        }
        if last.has_row {
            self.scan.rows.pop();
            self.exchanges.remove_last_row();
        }
        self.scan.records = self.scan.records.saturating_sub(1);
        self.scan.wrong_lengths = self.scan.wrong_lengths.saturating_sub(1);
        self.add_fault(ScanFault {
            offset: place.offset,
            detail: "the file ends inside the record".to_owned(),
            kind: FaultKind::CutOff,
        });
        Ok(())
    }

    /// True if a record lacks no more bytes than its line ends lost when they were changed: the heads of a record have
    /// carriage returns, so one without any was changed.
    fn lost_carriage_returns(
        &mut self,
        last: &LastRecord,
        place: RecordLocation,
        missing: u64,
    ) -> io::Result<bool> {
        self.source.go_back(place, last.is_compressed)?;
        let mut record = BlockReader::new(&mut self.source, u64::MAX);
        let (mut line_ends, mut carriage_returns) = (0_u64, 0_u64);
        // Reads to the end of the file in any case, so that the scan ends there.
        loop {
            let bytes = record.fill_buf()?;
            let count = bytes.len();
            if count == 0 {
                return Ok(carriage_returns == 0 && missing <= line_ends);
            }
            let number_of = |byte| bytes.split(|b| *b == byte).skip(1).count() as u64;
            line_ends += number_of(b'\n');
            carriage_returns += number_of(b'\r');
            record.consume(count);
        }
    }

    /// Finds the real end of a record whose stated length is wrong: the next line that begins a record. Continues there.
    /// False when there is none: the record reaches to the end of the file.
    fn correct(&mut self, last: &LastRecord) -> Result<bool, HeadError> {
        self.reread_left = self.reread_left.saturating_sub(last.block.skip);
        if self.reread_left == 0 {
            return Err(HeadError::WrongStart(
                "too many records of the file have a wrong length".to_owned(),
            ));
        }
        self.source.go_back(last.block, last.is_compressed)?;
        let begin = self.source.bytes_read();
        let found = self.source.skip_to_version_line()?;
        let mut bytes = self.source.bytes_read().saturating_sub(begin);
        if found {
            let line = self.source.peek(16)?;
            let has_carriage_return = line.split(|b| *b == b'\n').next();
            let ends_in_crlf = has_carriage_return.is_some_and(|line| line.ends_with(b"\r"));
            bytes = bytes.saturating_sub(if ends_in_crlf { 4 } else { 2 });
        }
        let too_many = last.bytes.saturating_sub(bytes);
        self.reread_left = self.reread_left.saturating_sub(too_many);
        self.set_block_bytes(last.has_row, bytes);
        Ok(found)
    }

    /// Sets the real length of the block of the last record.
    fn set_block_bytes(&mut self, has_row: bool, bytes: u64) {
        self.scan.wrong_lengths += 1;
        if let Some((_, place)) = self.scan.rows.last_mut().filter(|_| has_row) {
            place.block_bytes = Some(bytes);
        }
    }

    /// Records a fault and goes to the next record after it. False when there is none.
    fn resume(&mut self, place: RecordLocation, error: HeadError) -> bool {
        self.last = None;
        let mut fault = ScanFault {
            offset: place.offset,
            detail: error.to_string(),
            kind: FaultKind::Damaged,
        };
        let mut error = error;
        let mut is_cut_off = false;
        let mut from = place.offset.max(self.source.place().offset);
        let goes_on = loop {
            let next = match &error {
                HeadError::Io(e) if e.raw_os_error().is_some() => {
                    fault.kind = FaultKind::System;
                    break false;
                }
                HeadError::Io(e) => {
                    is_cut_off = e.kind() == io::ErrorKind::UnexpectedEof;
                    if !self.source.was_compressed() {
                        fault.kind = FaultKind::RestUnread;
                        break false;
                    }
                    self.source.skip_to_member(from)
                }
                // The first line of the wrong bytes may reach into the next member.
                HeadError::TooLong(_) | HeadError::WrongStart(_)
                    if self.source.has_members() && !self.source.is_compressed() =>
                {
                    self.source.skip_to_member(place.offset)
                }
                HeadError::TooLong(_) | HeadError::WrongStart(_) => {
                    self.source.skip_to_version_line()
                }
            };
            match next {
                Ok(found) => break found,
                Err(e) => {
                    from = from.max(self.source.place().offset);
                    error = e.into();
                }
            }
        };
        if !goes_on && self.source.gave_up() {
            fault.kind = FaultKind::RestUnread;
        } else if !goes_on && is_cut_off {
            fault.kind = FaultKind::CutOff;
        }
        self.add_fault(fault);
        goes_on
    }

    fn add_fault(&mut self, fault: ScanFault) {
        self.scan.fault_count += 1;
        if self.scan.faults.len() < MAX_FAULTS {
            self.scan.faults.push(fault);
        }
    }
}

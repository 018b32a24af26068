//! The command line: one file a command. A command unpacks its arguments, calls the other modules and prints the answer.
//!
//! stdout is the answer, stderr is progress and logs.

mod alert;
mod alert_mail;
mod archives;
mod atomic_file;
mod backfill;
mod backup;
mod changes;
mod check;
mod csv_rows;
mod diff;
mod discover;
mod evidence;
mod export;
mod extract;
mod failure;
mod finished_job;
mod global_options;
mod hook_call;
mod hook_check;
mod import;
mod interrupt;
mod job;
mod job_options;
mod job_run;
mod left_out;
mod log;
mod logging;
mod metrics;
mod on_change;
mod options;
mod output_files;
mod pager;
mod plan;
mod program;
mod progress_display;
mod reextract;
mod request_log;
mod run;
mod run_summary;
mod search;
mod search_scope;
mod selection;
mod shell_words;
mod show;
mod similar;
mod status;
mod table;
mod terminal;
mod verify;
mod version_choice;
mod version_names;
mod wording;

pub use failure::Exit;
pub use program::run_program as run;

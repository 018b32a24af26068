//! What the process that reads a PDF may not do. Every limit ends with the process.
//!
//! The systems of the Unix family limit memory and processor time. On Linux on 64-bit processors the process also opens no
//! file and starts no program, where the kernel has seccomp or Landlock; reaches no network, where it has seccomp, and no
//! server by TCP, where it has Landlock from Linux 6.7 on; and ends with the program that started it. Other systems have none
//! of these limits.

use std::io;

/// Processor time that a PDF may take.
#[cfg(unix)]
pub(super) const CPU_LIMIT_SECONDS: u64 = 20;
/// Writable memory that a PDF may take. Of made PDFs, one of 400 pages of text took 19 MB, and one of 13 MB took 34 MB
/// (November 2026).
pub(crate) const MEMORY_LIMIT_BYTES: u64 = 160 << 20;

/// Limits this process, as far as the system can. False if the kernel should keep it from files and cannot.
///
/// # Errors
/// When the system refuses a limit of memory or processor time. A system without a sandbox is no error.
#[cfg(all(unix, feature = "pdf"))]
pub(super) fn limit_process() -> io::Result<bool> {
    let memory = if cfg!(target_os = "linux") {
        // Writable memory. The address space would count the program's file and reserved addresses too.
        rlimit::Resource::DATA
    } else {
        rlimit::Resource::AS
    };
    let (_, hard) = rlimit::getrlimit(memory)?;
    let limit = MEMORY_LIMIT_BYTES.min(hard);
    rlimit::setrlimit(memory, limit, limit)?;
    // The hard limit stays as it is: beyond it the system kills the process without a reason.
    let (_, hard) = rlimit::getrlimit(rlimit::Resource::CPU)?;
    rlimit::setrlimit(rlimit::Resource::CPU, CPU_LIMIT_SECONDS.min(hard), hard)?;
    #[cfg(all(target_os = "linux", target_pointer_width = "64"))]
    return linux::enter_sandbox();
    #[cfg(not(all(target_os = "linux", target_pointer_width = "64")))]
    Ok(true)
}

/// Limits nothing: the system has no such limits, or this build reads no PDFs.
#[cfg(not(all(unix, feature = "pdf")))]
#[expect(
    clippy::unnecessary_wraps,
    reason = "the limits of other systems can fail"
)]
pub(super) fn limit_process() -> io::Result<bool> {
    Ok(true)
}

#[cfg(all(target_os = "linux", target_pointer_width = "64", feature = "pdf"))]
mod linux {
    use std::collections::BTreeMap;
    use std::env::consts::ARCH;
    use std::io;

    use landlock::{
        ABI, Access as _, AccessFs, AccessNet, Ruleset, RulesetAttr as _, RulesetError,
        RulesetStatus,
    };
    use rustix::process::{Signal, getppid, set_parent_process_death_signal};
    use seccompiler::{
        BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
        SeccompRule, TargetArch, apply_filter_all_threads,
    };

    /// The system calls that computing, memory, the open pipes and the end of the process need.
    const ALLOWED_CALLS: [i64; 28] = [
        libc::SYS_brk,
        libc::SYS_clock_gettime,
        libc::SYS_close,
        libc::SYS_exit,
        libc::SYS_exit_group,
        libc::SYS_fstat,
        libc::SYS_futex,
        libc::SYS_getpid,
        libc::SYS_getrandom,
        libc::SYS_gettid,
        libc::SYS_lseek,
        libc::SYS_madvise,
        libc::SYS_mmap,
        libc::SYS_mprotect,
        libc::SYS_mremap,
        libc::SYS_munmap,
        libc::SYS_ppoll,
        libc::SYS_read,
        libc::SYS_readv,
        libc::SYS_restart_syscall,
        libc::SYS_rseq,
        libc::SYS_rt_sigaction,
        libc::SYS_rt_sigprocmask,
        libc::SYS_rt_sigreturn,
        libc::SYS_sched_yield,
        libc::SYS_sigaltstack,
        libc::SYS_write,
        libc::SYS_writev,
    ];

    /// Lets this process end with its parent, and takes files, the network and other processes from it. False if the kernel
    /// does not even keep it from files.
    pub(super) fn enter_sandbox() -> io::Result<bool> {
        let parent = getppid();
        set_parent_process_death_signal(Some(Signal::KILL))?;
        if getppid() != parent {
            return Err(io::Error::other("the program that wants the PDF has ended"));
        }
        // An old kernel, or a system that forbids its use, lacks the one or the other. Each is enough to keep a PDF away
        // from files and programs.
        let files = forbid_files_and_network().unwrap_or(RulesetStatus::NotEnforced);
        let calls = forbid_other_calls();
        Ok(files != RulesetStatus::NotEnforced || calls.is_ok())
    }

    /// Forbids files and network connections by Landlock, as far as the kernel has it.
    fn forbid_files_and_network() -> Result<RulesetStatus, RulesetError> {
        let restricted = Ruleset::default()
            .handle_access(AccessFs::from_all(ABI::V5))?
            .handle_access(AccessNet::from_all(ABI::V5))?
            .create()?
            .restrict_self()?;
        Ok(restricted.ruleset)
    }

    /// Lets every system call fail that is not in [`ALLOWED_CALLS`].
    fn forbid_other_calls() -> Result<(), Box<dyn std::error::Error>> {
        let own_process = SeccompCondition::new(
            0,
            SeccompCmpArgLen::Dword,
            SeccompCmpOp::Eq,
            u64::from(std::process::id()),
        )?;
        let mut calls: BTreeMap<i64, Vec<SeccompRule>> =
            ALLOWED_CALLS.iter().map(|call| (*call, vec![])).collect();
        // An abort sends a signal to its own process.
        calls.insert(libc::SYS_tgkill, vec![SeccompRule::new(vec![own_process])?]);
        let filter = SeccompFilter::new(
            calls,
            SeccompAction::Errno(libc::EPERM.unsigned_abs()),
            SeccompAction::Allow,
            TargetArch::try_from(ARCH)?,
        )?;
        apply_filter_all_threads(&BpfProgram::try_from(filter)?)?;
        Ok(())
    }
}

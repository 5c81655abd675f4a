//! Allow-list of system calls. All other system calls fail with `EPERM`.

use libc::c_long;
use rustix::thread::secure_computing_mode;
use seccompiler::{
    BackendError, BpfProgram, Error, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
    TargetArch,
};
use std::collections::BTreeMap;

const ALLOWED: [c_long; 19] = [
    libc::SYS_brk,
    libc::SYS_clock_gettime,
    libc::SYS_close,
    libc::SYS_exit,
    libc::SYS_exit_group,
    libc::SYS_futex,
    libc::SYS_getpid,
    libc::SYS_getrandom,
    libc::SYS_gettid,
    libc::SYS_madvise,
    libc::SYS_mremap,
    libc::SYS_munmap,
    libc::SYS_restart_syscall,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sched_getaffinity,
    libc::SYS_sched_yield,
    libc::SYS_sigaltstack,
];

pub(super) fn is_supported() -> bool {
    secure_computing_mode().is_ok() && TargetArch::try_from(std::env::consts::ARCH).is_ok()
}

pub(super) fn apply() -> Result<(), Error> {
    seccompiler::apply_filter_all_threads(&program()?)
}

fn program() -> Result<BpfProgram, BackendError> {
    let mut rules: BTreeMap<c_long, Vec<SeccompRule>> = ALLOWED.into_iter().map(|call| (call, Vec::new())).collect();
    rules.extend([
        (libc::SYS_read, vec![only_if([(0, is(libc::STDIN_FILENO))])?]),
        (libc::SYS_write, vec![only_if([(0, is(libc::STDOUT_FILENO))])?, only_if([(0, is(libc::STDERR_FILENO))])?]),
        (libc::SYS_mmap, vec![only_if([(3, has(libc::MAP_ANONYMOUS)), (2, lacks(libc::PROT_EXEC))])?]),
        (libc::SYS_mprotect, vec![only_if([(2, lacks(libc::PROT_EXEC))])?]),
        // The runtime calls `tgkill` to abort after a stack overflow or a failed allocation.
        (libc::SYS_tgkill, vec![only_if([(0, is(std::process::id().cast_signed())), (2, is(libc::SIGABRT))])?]),
    ]);
    let denied = SeccompAction::Errno(libc::EPERM.unsigned_abs());
    let arch = TargetArch::try_from(std::env::consts::ARCH)?;
    SeccompFilter::new(rules, denied, SeccompAction::Allow, arch)?.try_into()
}

/// Returns a rule that allows a system call if the conditions on its arguments hold. Arguments are numbered from 0.
fn only_if<const N: usize>(arguments: [(u8, (SeccompCmpOp, u64)); N]) -> Result<SeccompRule, BackendError> {
    let condition = |(argument, (operator, value))| SeccompCondition::new(argument, SeccompCmpArgLen::Dword, operator, value);
    SeccompRule::new(arguments.into_iter().map(condition).collect::<Result<_, _>>()?)
}

fn is(value: i32) -> (SeccompCmpOp, u64) {
    (SeccompCmpOp::Eq, bits(value))
}

fn has(flag: i32) -> (SeccompCmpOp, u64) {
    (SeccompCmpOp::MaskedEq(bits(flag)), bits(flag))
}

fn lacks(flag: i32) -> (SeccompCmpOp, u64) {
    (SeccompCmpOp::MaskedEq(bits(flag)), 0)
}

fn bits(value: i32) -> u64 {
    u64::from(value.cast_unsigned())
}

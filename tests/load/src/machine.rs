//! Memory and processor time of processes, from Linux's /proc.

use anyhow::{Context, Result};

/// `name=pid`
pub(crate) fn named(text: &str) -> Result<(String, u32)> {
    let (name, pid) = text.split_once('=').context("a process is name=pid")?;
    Ok((name.to_owned(), pid.parse().with_context(|| format!("{pid} is no process id"))?))
}

/// The resident memory of a process.
pub(crate) fn resident_mb(pid: u32) -> Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).with_context(|| format!("process {pid}"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
    let kilobytes: u64 = line.trim().trim_end_matches("kB").trim().parse().context("VmRSS")?;
    Ok(kilobytes / 1_024)
}

/// The processor time of a process, in hundredths of a second (Linux's unit on every machine).
pub(crate) fn processor_time(pid: u32) -> Result<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).with_context(|| format!("process {pid}"))?;
    // The name, in parentheses, may hold blanks. Behind it, the 12th and 13th field are user and system time.
    let fields = stat.rsplit_once(')').context("/proc/…/stat")?.1.split_whitespace().skip(11).take(2);
    fields.map(|field| field.parse::<u64>().context("/proc/…/stat")).sum()
}

/// The load average. Above the number of cores, other processes ran as well.
pub(crate) fn load() -> Result<String> {
    let load = std::fs::read_to_string("/proc/loadavg").context("/proc/loadavg")?;
    Ok(load.split(' ').next().unwrap_or_default().to_owned())
}

//! What the doctor asks of the machine: rights of files, free room, encryption of the disk.

use std::path::Path;
use std::process::Command;

/// Free and whole room below a folder, in bytes, as `df` says.
pub fn room(folder: &Path) -> Option<(u64, u64)> {
    let told = Command::new("df").args(["-Pk", "--"]).arg(folder).env("LC_ALL", "C").output().ok()?;
    let text = String::from_utf8(told.stdout).ok()?;
    let mut fields = text.lines().nth(1)?.split_whitespace().skip(1);
    let whole: u64 = fields.next()?.parse().ok()?;
    let free: u64 = fields.nth(1)?.parse().ok()?;
    Some((free * 1024, whole * 1024))
}

/// Whether the system's clock is kept by the network; `None` where the system does not say (a container).
pub fn clock_is_kept() -> Option<bool> {
    let told = Command::new("timedatectl").args(["show", "--property=NTPSynchronized", "--value"]).output().ok()?;
    match String::from_utf8(told.stdout).ok()?.trim() {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    }
}

/// What is known of the disk under a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encryption {
    /// dm-crypt (LUKS) lies under it.
    Encrypted,
    /// A block device without it.
    Plain,
    /// The system does not say: a container, a network disk, another system.
    Unknown,
}

/// Whether the disk under a folder is encrypted by the kernel.
pub fn encryption(folder: &Path) -> Encryption {
    match (folder.canonicalize(), std::fs::read_to_string("/proc/self/mountinfo")) {
        (Ok(folder), Ok(mounts)) => match device_of(&folder, &mounts) {
            Some(device) => of_device(&Path::new("/sys/dev/block").join(device)),
            None => Encryption::Unknown,
        },
        _ => Encryption::Unknown,
    }
}

/// `major:minor` of the mount that holds the folder: the longest mount point above it, the last of equals.
fn device_of(folder: &Path, mounts: &str) -> Option<String> {
    let mut found: Option<(usize, String)> = None;
    for line in mounts.lines() {
        let mut fields = line.split(' ');
        let (Some(device), Some(point)) = (fields.nth(2), fields.nth(1)) else { continue };
        if folder.starts_with(point) && found.as_ref().is_none_or(|(length, _)| point.len() >= *length) {
            found = Some((point.len(), device.to_owned()));
        }
    }
    // Major 0: no block device (overlay, tmpfs, a network).
    found.map(|(_, device)| device).filter(|device| !device.starts_with("0:"))
}

fn of_device(device: &Path) -> Encryption {
    if !device.exists() {
        return Encryption::Unknown;
    }
    let crypt = std::fs::read_to_string(device.join("dm/uuid")).is_ok_and(|uuid| uuid.starts_with("CRYPT-"));
    if crypt {
        return Encryption::Encrypted;
    }
    // A volume on top of others is as safe as the least safe of them.
    let below: Vec<Encryption> = std::fs::read_dir(device.join("slaves"))
        .map(|slaves| slaves.filter_map(|slave| Some(of_device(&slave.ok()?.path()))).collect())
        .unwrap_or_default();
    if !below.is_empty() && below.iter().all(|of| *of == Encryption::Encrypted) {
        Encryption::Encrypted
    } else {
        Encryption::Plain
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mount_that_holds_a_folder_is_the_longest_above_it() {
        let mounts = "22 1 254:0 / / rw - ext4 /dev/vda rw\n\
                      30 22 253:1 / /srv rw - ext4 /dev/mapper/srv rw\n\
                      31 22 0:44 / /srv/tmp rw - tmpfs tmpfs rw\n";
        assert_eq!(device_of(Path::new("/srv/bavn/data"), mounts).as_deref(), Some("253:1"));
        assert_eq!(device_of(Path::new("/home/bavn"), mounts).as_deref(), Some("254:0"));
        assert_eq!(device_of(Path::new("/srv/tmp/x"), mounts), None, "no block device");
        assert_eq!(device_of(Path::new("/srvx"), mounts).as_deref(), Some("254:0"), "a name that only begins alike");
    }

    #[test]
    fn a_device_that_is_not_there_is_unknown_and_a_folder_has_room() {
        assert_eq!(of_device(Path::new("/sys/dev/block/9999:9999")), Encryption::Unknown);
        let (free, whole) = room(Path::new("/")).expect("df is there");
        assert!(free <= whole && whole > 0);
    }

    #[test]
    fn encryption_is_read_off_the_stack_of_devices() {
        let folder = tempfile::tempdir().expect("a folder");
        let make = |name: &str, uuid: &str, below: &[&str]| {
            let device = folder.path().join(name);
            std::fs::create_dir_all(device.join("dm")).expect("made");
            std::fs::create_dir_all(device.join("slaves")).expect("made");
            std::fs::write(device.join("dm/uuid"), uuid).expect("written");
            for other in below {
                std::os::unix::fs::symlink(folder.path().join(other), device.join("slaves").join(other))
                    .expect("linked");
            }
            device
        };
        make("crypt", "CRYPT-LUKS2-1", &["disk"]);
        make("disk", "", &[]);
        assert_eq!(of_device(&make("lvm", "LVM-1", &["crypt"])), Encryption::Encrypted);
        assert_eq!(of_device(&make("mixed", "LVM-2", &["crypt", "disk"])), Encryption::Plain);
        assert_eq!(of_device(&folder.path().join("disk")), Encryption::Plain);
    }
}

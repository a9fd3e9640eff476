//! A disk that is full, and one that is read-only: a small one in memory, which needs the right to mount.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use super::{TREE, can, store_files};
use crate::support::estate::{self, Picture};
use crate::support::{Sandbox, files_below};

/// A small disk in a folder of a sandbox, which goes away with the value.
struct Disk {
    path: PathBuf,
}

impl Disk {
    /// Returns nothing where disks cannot be mounted.
    fn at(sandbox: &Sandbox, folder: &str, size: &str) -> Option<Self> {
        let path = sandbox.path(folder);
        fs::create_dir_all(&path).expect("a folder can be made");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &format!("size={size}"), "none"]);
        can("no disk can be mounted here", mount.arg(&path)).then_some(Self { path })
    }

    fn remount(&self, options: &str) {
        let mut mount = Command::new("mount");
        mount.args(["-o", &format!("remount,{options}")]);
        let done = mount.arg(&self.path).status();
        assert!(done.is_ok_and(|status| status.success()), "{options}");
    }

    /// Writes until nothing more fits.
    fn fill(&self) {
        let filler = fs::File::create(self.path.join("filler")).expect("a file can be made");
        let mut filler = std::io::BufWriter::with_capacity(512, filler);
        while std::io::Write::write_all(&mut filler, &[7; 512]).is_ok() {}
        let _ = filler.into_parts();
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.path).status();
    }
}

const STORE: &[&str] = &["--store", "sqlite:disk/guestlist.db"];

fn with_store<'a>(arguments: &[&'a str]) -> Vec<&'a str> {
    STORE.iter().chain(arguments).copied().collect()
}

#[test]
fn a_full_disk_leaves_the_store_as_it_was() {
    let sandbox = Sandbox::project().write("tree.yaml", TREE);
    let Some(disk) = Disk::at(&sandbox, "disk", "300k") else {
        return;
    };
    let apply = with_store(&[
        "apply",
        "--auto-approve",
        "--allow-widening",
        "--allow-delete-all",
        "organization",
    ]);
    let run = || sandbox.run(apply.iter().copied());
    let _ = run().exits(0);
    let before = Picture::of(&disk.path);
    let sandbox = sandbox.write("tree.yaml", estate::first());
    let run = || sandbox.run(apply.iter().copied());
    for _ in 0..2 {
        let _ = run().exits(7).says("disk/guestlist.db: the disk is full");
        assert!(Picture::of(&disk.path) == before, "the store has changed");
    }
    disk.remount("size=20m");
    let _ = run().exits(0);
    assert!(Picture::of(&disk.path) != before);
}

#[test]
fn a_disk_that_is_full_from_the_start_gets_no_half_store() {
    let sandbox = Sandbox::project().write("tree.yaml", TREE);
    let Some(disk) = Disk::at(&sandbox, "disk", "64k") else {
        return;
    };
    disk.fill();
    let apply = with_store(&["apply", "--auto-approve"]);
    for _ in 0..2 {
        let _ = sandbox
            .run(apply.iter().copied())
            .exits(7)
            .says("disk/guestlist.db: the disk is full");
    }
    disk.remount("size=20m");
    let _ = sandbox.run(apply.iter().copied()).exits(0);
}

#[test]
fn a_read_only_disk_can_be_read_and_gets_nothing() {
    let sandbox = Sandbox::project().write("tree.yaml", TREE);
    let Some(disk) = Disk::at(&sandbox, "disk", "4m") else {
        return;
    };
    let apply = with_store(&["apply", "--auto-approve"]);
    let _ = sandbox.run(apply.iter().copied()).exits(0);
    let sandbox = sandbox.write("tree.yaml", TREE.replace("Fabrikam", "Fabrikam AG"));
    disk.remount("ro");
    let plan = with_store(&["plan", "--detailed-exitcode"]);
    let _ = sandbox.run(plan).exits(2);
    let _ = sandbox
        .run(apply.iter().copied())
        .exits(7)
        .says("disk/guestlist.db: the file cannot be written");
    let save = with_store(&["plan", "--out", "disk/plan.json"]);
    let _ = sandbox
        .run(save)
        .exits(7)
        .says("disk/plan.json cannot be written");
    disk.remount("rw");
    let _ = sandbox.run(apply.iter().copied()).exits(0);
}

#[test]
fn a_full_disk_keeps_the_old_plan_and_gets_no_half_import() {
    let sandbox = Sandbox::project().write("tree.yaml", estate::first());
    let _ = sandbox.run(["apply", "--auto-approve"]).exits(0);
    let sandbox = sandbox.write("tree.yaml", estate::second());
    let Some(disk) = Disk::at(&sandbox, "disk", "64k") else {
        return;
    };
    fs::write(
        disk.path.join("plan.json"),
        "{\"format\":\"guestlist-plan/1\"}",
    )
    .expect("a file can be written");
    disk.fill();
    let plan = ["plan", "--out", "disk/plan.json"];
    let allowed = ["--allow-deletes", "999", "--allow-widening"];
    let _ = sandbox
        .run(plan.into_iter().chain(allowed))
        .exits(7)
        .says("disk/plan.json cannot be written");
    let old = fs::read_to_string(disk.path.join("plan.json")).expect("it is there");
    assert_eq!(old, "{\"format\":\"guestlist-plan/1\"}");
    assert_eq!(files_below(&disk.path).len(), 2, "a temporary file is left");

    let store = format!("sqlite:{}", sandbox.path("guestlist.db").display());
    let settings = fs::read(sandbox.path("guestlist.toml")).expect("there");
    fs::remove_file(disk.path.join("filler")).expect("it is there");
    fs::write(disk.path.join("guestlist.toml"), settings).expect("it fits");
    disk.fill();
    let before = files_below(&disk.path);
    let _ = sandbox
        .run(["-C", "disk", "--store", &store, "import"])
        .exits(7)
        .says("cannot be written");
    assert_eq!(files_below(&disk.path), before, "half an import is left");
}

/// The file that takes nothing.
fn full() -> Stdio {
    let full = fs::OpenOptions::new().write(true).open("/dev/full");
    full.expect("every Linux has it").into()
}

#[test]
fn an_output_that_takes_nothing_is_told_and_undoes_nothing() {
    let sandbox = Sandbox::project().write("tree.yaml", TREE);
    let run = |arguments: &[&str]| {
        let mut command = sandbox.command(arguments);
        command.stdout(full()).stderr(Stdio::piped());
        let child = command.spawn().expect("the program can be started");
        let output = child.wait_with_output().expect("the program ends");
        let told = String::from_utf8(output.stderr).expect("the program writes UTF-8");
        (output.status.code(), told)
    };
    for plan in [&["plan"][..], &["plan", "--format", "json"]] {
        let (code, told) = run(plan);
        assert_eq!(code, Some(7), "{told}");
        assert!(told.contains("standard output"), "{told}");
    }
    assert!(store_files(&sandbox).is_empty());
    let (code, told) = run(&["apply", "--auto-approve"]);
    assert_eq!(code, Some(7), "{told}");
    assert!(told.contains("the store has changed"), "{told}");
    let _ = sandbox.run(["plan", "--detailed-exitcode"]).exits(0);
}

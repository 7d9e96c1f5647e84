//! What a failed download leaves in the place of a file.

/// What is said of one.
pub(super) const PROBLEM: &str = "is a web page, probably of a failed download";

/// Whether a file that begins like this is a web page.
pub(super) fn is_one(start: &[u8]) -> bool {
    let start = start
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(start)
        .trim_ascii_start();
    [b"<!doctype".as_slice(), b"<html", b"<head", b"<?xml", b"<!--"]
        .iter()
        .any(|tag| {
            start
                .get(..tag.len())
                .is_some_and(|begins| begins.eq_ignore_ascii_case(tag))
        })
}

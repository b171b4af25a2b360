//! The tests of the client library, against real gateways.

use std::{path::Path, process::Command, sync::Arc};

use black_box::variable;
use rstest::rstest;

use crate::{
    forwarder,
    gateway::{Gateway, TOKEN, Version},
    model::{Model, Reply},
};

#[rstest]
#[case::new(Version::New)]
#[case::old(Version::Old)]
fn the_client_library_passes_its_own_tests(#[case] version: Version) {
    let model = Model::start(Arc::new(|_| Reply::Say("Nothing to do.".to_owned())));
    let gateway = Gateway::start(version, &model.url());
    let remote = forwarder::forward_to(gateway.port());
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ lies in the workspace");
    let mut cargo = Command::new(variable("CARGO").unwrap_or_else(|| "cargo".to_owned()));
    // The choice of the whole workspace is the one that has been compiled already.
    cargo.args(["test", "--workspace", "--test", "gateway", "--", "real"]).current_dir(root);
    cargo.env("MC_TEST_OPENCLAW", gateway.url()).env("MC_TEST_OPENCLAW_TOKEN", TOKEN);
    cargo.env("MC_TEST_OPENCLAW_REMOTE", format!("ws://{remote}")).env("MC_TEST_REQUIRE_OPENCLAW", "1");
    let output = cargo.output().expect("cargo can be started");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}\n{}", String::from_utf8_lossy(&output.stderr), gateway.log());
    assert_eq!(model.count(), 0, "nobody asked an agent for anything");
}

//! What must not compile: authorization that could be forgotten, forged, widened or kept.

#[test]
fn a_handler_runs_only_with_what_the_authorizer_granted() {
    let cases = trybuild::TestCases::new();
    cases.pass("tests/compile/pass/*.rs");
    cases.compile_fail("tests/compile/fail/*.rs");
}

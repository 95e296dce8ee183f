#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| kurodo_fuzz::parquet(data));

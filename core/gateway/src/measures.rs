/// So many figures a reply tells at most.
const MOST: usize = 4;

/// What a handler measured of its work, such as how many records it took: for those who watch, never for the client.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Measures {
    figures: [(&'static str, f64); MOST],
    count: usize,
}

impl Measures {
    /// Adds a figure under a name of the service's; of more than four the rest is left out.
    #[expect(clippy::cast_precision_loss, reason = "counts and sizes of one request are exact in a double")]
    pub(crate) fn put(&mut self, name: &'static str, number: u64) {
        if let Some(place) = self.figures.get_mut(self.count) {
            *place = (name, number as f64);
            self.count += 1;
        }
    }

    /// The figures, with their names.
    pub(crate) fn figures(&self) -> &[(&'static str, f64)] {
        self.figures.get(..self.count).unwrap_or_default()
    }
}

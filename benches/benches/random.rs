//! Words of a stream and values of distributions, beside plain loops.

use arrcalc_benches::family::{Family, SIZES};
use arrcalc_kernels::random::{
    Bernoulli, Choice, Distribution, Doubles, Exponential, Gamma, Integers, Lognormal, Normal, Pcg64, Philox,
    Poisson, RawWords, Stream, Words,
};
use criterion::{Criterion, criterion_group, criterion_main};

fn streams(criterion: &mut Criterion) {
    let mut family = Family::new(criterion, "u64 words");
    for size in SIZES {
        let mut words = vec![0; size];
        family.size(size, 8 * size);
        let mut stream = Stream::from(Philox::from(1));
        family.contender("naive Philox", || words.iter_mut().for_each(|word| *word = stream.next_u64()));
        family.levels("Philox", |level| Philox::from(1).fill(level, 0, &mut words));
        family.levels("PCG64", |level| Words::fill(&Pcg64::from(1), level, 0, &mut words));
    }
}

fn distributions(criterion: &mut Criterion) {
    let mut family = Family::new(criterion, "65,536 draws");
    draw(&mut family, "words", Some(RawWords));
    draw(&mut family, "doubles", Some(Doubles));
    draw(&mut family, "bernoulli", Bernoulli::new(0.3).ok());
    draw(&mut family, "integers", Integers::new(0, 1000).ok());
    draw(&mut family, "normal", Normal::new(0.0, 1.0).ok());
    draw(&mut family, "lognormal", Lognormal::new(0.0, 1.0).ok());
    draw(&mut family, "exponential", Exponential::new(1.0).ok());
    draw(&mut family, "poisson 3", Poisson::new(3.0).ok());
    draw(&mut family, "poisson 1e6", Poisson::new(1e6).ok());
    draw(&mut family, "gamma 2.5", Gamma::new(2.5, 1.0).ok());
    draw(&mut family, "gamma 0.5", Gamma::new(0.5, 1.0).ok());
    draw(&mut family, "choice of 3", Choice::new(&[0.7, 0.2, 0.1]).ok());
}

fn draw<D: Distribution>(family: &mut Family<'_>, name: &str, distribution: Option<D>) {
    const DRAWS: usize = 65_536;
    let distribution = distribution.expect("parameters that make sense");
    let mut values = vec![D::Value::default(); DRAWS];
    family.size(DRAWS, size_of_val(values.as_slice()));
    let philox = Philox::from(1);
    family.levels(name, |level| distribution.fill(level, &philox, 0, &mut values));
}

criterion_group!(benches, streams, distributions);
criterion_main!(benches);

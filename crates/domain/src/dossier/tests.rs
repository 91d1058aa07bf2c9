//! The rules of a dossier: one article of law or one rule of the house, one test. Each begins with a life so far, asks one
//! thing, and says what happens: `given(life).when(who, command).then(…)`.

mod clock;
mod corrections;
mod course;
mod endings;
mod examinations;
mod lives;
mod properties;
mod reforms;
mod routing;
mod supplements;
mod transfers;
mod transitions;
mod world;

//! Jobs with a number each.

use crate::cutout::{CODES, Recipe};
use crate::grouping::Method;
use crate::page_model::pool::Job;
use crate::page_model::protocol::{Answers, Buffer, Request};

pub fn read(file: u32) -> Job<u32> {
    let request = Request::Read {
        file,
        name: String::new(),
        recipe: Recipe::default(),
        answers: Answers::default(),
    };
    Job::on_file(request, file)
}

pub fn join(file: u32) -> Job<u32> {
    let request = Request::Join {
        file,
        name: String::new(),
        galaxies: Vec::new(),
        answers: Default::default(),
    };
    Job::on_file(request, file)
}

pub fn simulate(file: u32) -> Job<u32> {
    let request = Request::Simulate {
        file,
        seed: 0,
        first: 0,
        count: 1,
    };
    Job::new(request, Vec::new())
}

pub fn encode(first: u32) -> Job<u32> {
    Job::new(Request::Encode { first }, vec![Buffer::F32(vec![0.5; 8])])
}

pub fn reconstruct_many(first: u32) -> Job<u32> {
    Job::new(
        Request::ReconstructMany { first },
        vec![Buffer::U8(vec![0; CODES])],
    )
}

pub fn reconstruct(row: u32) -> Job<u32> {
    Job::new(Request::Reconstruct { row }, vec![Buffer::U8(vec![0; CODES])])
}

pub fn linkage() -> Job<u32> {
    let method = Method::default();
    Job::new(
        Request::BuildTree { method },
        vec![Buffer::U8(vec![0; 2 * CODES])],
    )
}

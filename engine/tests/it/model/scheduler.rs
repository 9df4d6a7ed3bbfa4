//! The scheduler: completions end when they should, and none waits for another.

use std::sync::Arc;
use std::time::Instant;

use engine::chat::{Message, Role};
use engine::constraint::{Constrain, Constraint};
use engine::sampling::Sampling;
use engine::schedule::{Done, Event, FinishReason, Job, Options, Schedule, Scheduler, SubmitError};
use engine::{BackendKind, Engine};
use tokio::sync::mpsc::UnboundedReceiver;

use super::{load_built_in, load_with, random};

/// Completions of a random model never end by themselves: no token ends them. Its backend reads prompts in chunks of 64.
fn start(slots: usize) -> Scheduler {
    let loaded = load_with(random::qwen2(9).path(), BackendKind::Candle, 2);
    Scheduler::start(loaded.backend, Arc::clone(&loaded.tokens), Vec::new(), Schedule::new(slots))
}

fn job(seed: u64, max_new_tokens: usize) -> Job {
    Job {
        prompt: (0..100).collect(),
        options: Options::new(max_new_tokens, Sampling { temperature: 1.0, top_p: 0.9, seed, ..Sampling::GREEDY }),
    }
}

fn paced(tokens_per_second: u32) -> Job {
    let mut job = job(0, 150);
    job.options.tokens_per_second = Some(tokens_per_second);
    job
}

/// A job that would take minutes.
fn slow() -> Job {
    paced(1)
}

/// All text of a completion and how it ended.
async fn outcome(mut events: UnboundedReceiver<Event>) -> (String, Done) {
    let mut text = String::new();
    while let Some(event) = events.recv().await {
        match event {
            Event::Read { .. } => assert!(text.is_empty(), "reading comes before writing"),
            Event::Wrote { text: piece, .. } => text += &piece,
            Event::Done(done) => return (text, done),
            Event::Failed(error) => panic!("the model failed: {error}"),
        }
    }
    panic!("the thread ended in the middle")
}

/// Waits until the first token has been written.
async fn first_token(events: &mut UnboundedReceiver<Event>) {
    while !matches!(events.recv().await, Some(Event::Wrote { .. })) {}
}

#[tokio::test]
async fn prompts_are_read_in_chunks_and_completions_end_at_their_length() {
    let scheduler = start(1);
    let mut events = scheduler.submit(job(1, 5)).expect("a free slot");
    let mut read = Vec::new();
    let mut wrote = Vec::new();
    loop {
        match events.recv().await.expect("an event") {
            Event::Read { tokens } => read.push(tokens),
            Event::Wrote { tokens, .. } => wrote.push(tokens),
            Event::Done(done) => {
                assert_eq!(done, Done { finish_reason: FinishReason::Length, completion_tokens: 5 });
                break;
            }
            Event::Failed(error) => panic!("the model failed: {error}"),
        }
    }
    assert_eq!(read, [64, 100]);
    assert_eq!(wrote[..5], [1, 2, 3, 4, 5]);
    assert!(events.recv().await.is_none(), "nothing follows");
}

#[tokio::test]
async fn a_completion_that_only_repeats_itself_is_ended_where_that_is_asked_for() {
    /// Allows one token only.
    #[derive(Debug)]
    struct Only(u32);
    impl Constrain for Only {
        fn begin(&self) -> Box<dyn Constraint> {
            Box::new(Self(self.0))
        }
    }
    impl Constraint for Only {
        fn limit(&mut self, logits: &mut [f32]) {
            let allowed = self.0 as usize;
            let others = logits.iter_mut().enumerate().filter(|(id, _)| *id != allowed);
            others.for_each(|(_, logit)| *logit = f32::NEG_INFINITY);
        }

        fn accept(&mut self, _: u32) {}
    }
    let scheduler = start(1);
    let end = async |token, ends_loops| {
        let constraint: Option<Arc<dyn Constrain>> = Some(Arc::new(Only(token)));
        let Job { prompt, options } = job(1, 100);
        let job = Job { prompt, options: Options { constraint, ends_loops, ..options } };
        outcome(scheduler.submit(job).expect("a free slot")).await.1
    };
    assert_eq!(end(7, true).await, Done { finish_reason: FinishReason::Loop, completion_tokens: 48 });
    assert_eq!(end(7, false).await, Done { finish_reason: FinishReason::Length, completion_tokens: 100 });
    assert_eq!(end(9_999, true).await, Done { finish_reason: FinishReason::Constraint, completion_tokens: 0 });
}

#[tokio::test]
async fn completions_end_when_the_context_is_full() {
    let (_, done) = outcome(start(1).submit(job(1, 1_000)).expect("a free slot")).await;
    assert_eq!(done, Done { finish_reason: FinishReason::Length, completion_tokens: 156 });
}

#[tokio::test]
async fn a_completion_is_the_same_alone_and_among_seven_others() {
    let scheduler = start(8);
    let alone = outcome(scheduler.submit(job(7, 60)).expect("a free slot")).await;
    let others: Vec<_> = (100..107).map(|seed| scheduler.submit(job(seed, 80)).expect("a free slot")).collect();
    assert_eq!(outcome(scheduler.submit(job(7, 60)).expect("a free slot")).await, alone);
    for other in others {
        assert_ne!(outcome(other).await.0, alone.0);
    }
}

#[tokio::test]
async fn what_prompts_begin_with_is_read_once() {
    let scheduler = start(2);
    let monitor = scheduler.monitor();
    outcome(scheduler.share((0..80).collect()).expect("a free slot")).await;
    let stats = monitor.stats();
    assert_eq!((stats.prompt_tokens, stats.prefix_tokens, stats.rows), (80, 0, 0));
    assert_eq!(stats.context_tokens, 80, "the prefix stays");
    let (text, done) = outcome(scheduler.submit(job(3, 10)).expect("a free slot")).await;
    assert_eq!(done.completion_tokens, 10);
    let stats = monitor.stats();
    assert_eq!((stats.prompt_tokens, stats.prefix_tokens, stats.completion_tokens), (100, 80, 10));
    assert_eq!(outcome(scheduler.submit(job(3, 10)).expect("a free slot")).await.0, text, "it goes the same way again");
    let other = Job { prompt: (1..80).collect(), ..job(3, 10) };
    outcome(scheduler.submit(other).expect("a free slot")).await;
    let only_prefix = Job { prompt: (0..80).collect(), ..job(3, 10) };
    outcome(scheduler.submit(only_prefix).expect("a free slot")).await;
    let stats = monitor.stats();
    assert_eq!(stats.prefix_tokens, 160, "other prompts, and the bare prefix, are read whole");
    assert_eq!(stats.context_tokens, 80, "rows leave nothing behind");
}

#[tokio::test]
async fn the_warm_up_reads_what_all_conversations_begin_with() {
    let engine = Engine::start(load_built_in(), Schedule::new(8));
    let conversation = |user: &str| {
        [(Role::System, "You answer briefly."), (Role::User, user)]
            .map(|(role, content)| Message { role, content: content.to_owned() })
            .to_vec()
    };
    engine.warm_up(&[conversation("one"), conversation("another")]).await.expect("writes");
    let stats = engine.monitor().stats();
    let shared = stats.prefix_tokens;
    assert!(shared >= 10, "the system message and the beginning of the other are {shared} tokens");
    assert_eq!(stats.context_tokens as u64, shared);
}

#[tokio::test]
async fn a_step_that_fails_ends_only_the_completion_that_made_it_fail() {
    let scheduler = start(2);
    let alone = outcome(scheduler.submit(job(7, 40)).expect("a free slot")).await;
    let mut running = scheduler.submit(job(7, 40)).expect("a free slot");
    assert!(matches!(running.recv().await, Some(Event::Read { tokens: 64 })));
    let wrong = Job { prompt: vec![1, random::VOCABULARY as u32], ..job(1, 5) };
    let mut failed = scheduler.submit(wrong).expect("a free slot");
    assert!(matches!(failed.recv().await, Some(Event::Failed(_))));
    assert!(failed.recv().await.is_none(), "nothing follows");
    assert_eq!(outcome(running).await, alone);
    let mut empty = scheduler.submit(Job { prompt: Vec::new(), ..job(1, 5) }).expect("a free slot");
    assert!(matches!(empty.recv().await, Some(Event::Failed(_))));
}

#[tokio::test]
async fn the_statistics_count_what_was_done() {
    let scheduler = start(2);
    let monitor = scheduler.monitor();
    let jobs = [job(1, 20), job(2, 20)].map(|job| scheduler.submit(job).expect("a free slot"));
    for events in jobs {
        outcome(events).await;
    }
    let stats = monitor.stats();
    assert_eq!((stats.prompt_tokens, stats.completion_tokens, stats.waiting), (200, 40, 0));
    assert!(stats.decode_rows > 0 && stats.decode_rows <= 38, "the first token of each came with its prompt");
    assert_eq!(stats.stepped_rows, 2 * 2 + 2 * 19, "two chunks and nineteen tokens each");
    assert!(stats.steps <= stats.stepped_rows);
    assert!(!stats.prefill_time.is_zero() && !stats.decode_time.is_zero());
}

/// What greedy completions of a random model are, and what was drafted and drawn, with drafts of so many tokens a step.
async fn drafting(drafted_tokens: usize, slots: usize) -> (Vec<(String, Done)>, u64, u64) {
    let loaded = load_with(random::qwen2(9).path(), BackendKind::Native, 2);
    let schedule = Schedule { drafted_tokens, ..Schedule::new(slots) };
    let scheduler = Scheduler::start(loaded.backend, Arc::clone(&loaded.tokens), Vec::new(), schedule);
    let job = |seed| Job {
        prompt: (seed..seed + 40).chain(seed..seed + 20).collect(),
        options: Options::new(300, Sampling::GREEDY),
    };
    let running: Vec<_> = (0..slots as u32).map(|seed| scheduler.submit(job(seed)).expect("a free slot")).collect();
    let mut all = Vec::new();
    for events in running {
        all.push(outcome(events).await);
    }
    let stats = scheduler.monitor().stats();
    (all, stats.drafted_tokens, stats.drawn_tokens)
}

#[tokio::test]
async fn drafts_change_no_completion_and_are_drawn_where_a_text_repeats_itself() {
    for slots in [1, 3] {
        let (without, none, _) = drafting(0, slots).await;
        let (with, drafted, drawn) = drafting(8, slots).await;
        assert_eq!(with, without);
        assert_eq!(none, 0);
        assert!(drawn > 20 && drafted < drawn * 3, "{drawn} of {drafted} drafted tokens were drawn");
    }
}

#[tokio::test]
async fn a_slot_is_free_again_when_the_receiver_is_gone() {
    let scheduler = start(1);
    let mut events = scheduler.submit(slow()).expect("a free slot");
    first_token(&mut events).await;
    drop(events);
    let (_, done) = outcome(scheduler.submit(job(1, 3)).expect("a place in the queue")).await;
    assert_eq!(done.completion_tokens, 3);
}

#[tokio::test]
async fn more_work_than_slots_waits_and_more_than_that_is_refused() {
    let scheduler = start(1);
    let mut running = scheduler.submit(slow()).expect("a free slot");
    first_token(&mut running).await;
    let waiting = scheduler.submit(job(1, 3)).expect("a place in the queue");
    assert_eq!(scheduler.submit(job(2, 3)).err(), Some(SubmitError::Full));
    drop(running);
    assert_eq!(outcome(waiting).await.1.completion_tokens, 3);
}

#[tokio::test]
async fn a_paced_completion_keeps_its_pace_while_others_run_ahead() {
    let scheduler = start(2);
    let begun = Instant::now();
    let mut paced = scheduler.submit(paced(5)).expect("a free slot");
    first_token(&mut paced).await;
    outcome(scheduler.submit(job(1, 150)).expect("a free slot")).await;
    let mut written = 1;
    while let Ok(event) = paced.try_recv() {
        written += usize::from(matches!(event, Event::Wrote { .. }));
    }
    let most = begun.elapsed().as_secs_f64() * 5.0 + 2.0;
    assert!((written as f64) <= most, "{written} tokens, at most {most}");
}

#[tokio::test]
async fn dropping_the_handle_ends_everything() {
    let scheduler = start(1);
    let mut events = scheduler.submit(slow()).expect("a free slot");
    first_token(&mut events).await;
    let monitor = scheduler.monitor();
    let stats = monitor.stats();
    assert!(scheduler.is_alive() && stats.rows == 1 && stats.steps >= 2);
    drop(scheduler);
    assert_eq!(outcome(events).await.1.finish_reason, FinishReason::Cancelled);
    assert_eq!(monitor.stats().rows, 0);
}

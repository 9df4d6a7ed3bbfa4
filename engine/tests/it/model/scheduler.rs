//! The thread that owns the model: completions end when they should, and nobody waits for anybody.

use std::sync::Arc;
use std::time::Instant;

use engine::Backend;
use engine::Engine;
use engine::chat::{Message, Role};
use engine::sampling::Sampling;
use engine::schedule::{Done, Event, FinishReason, Job, ModelThread, Schedule, SubmitError};
use tokio::sync::mpsc::UnboundedReceiver;

use super::{load_built_in, load_with, random};

/// A random model never ends a letter by itself: no token ends it. Its backend reads prompts in chunks of 64.
fn start(slots: usize) -> ModelThread {
    let loaded = load_with(random::qwen2(9).path(), Backend::Candle, 2);
    ModelThread::start(loaded.model, Arc::clone(&loaded.tokens), Vec::new(), Schedule::new(slots))
}

fn job(seed: u64, max_new_tokens: usize) -> Job {
    Job {
        prompt: (0..100).collect(),
        sampling: Sampling { temperature: 1.0, top_p: 0.9, seed },
        max_new_tokens,
        tokens_per_second: None,
    }
}

/// A job that would take hours.
fn slow() -> Job {
    Job { tokens_per_second: Some(1), ..job(0, 150) }
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
    let thread = start(1);
    let mut events = thread.submit(job(1, 5)).expect("a free slot");
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
async fn completions_end_when_the_context_is_full() {
    let (_, done) = outcome(start(1).submit(job(1, 1_000)).expect("a free slot")).await;
    assert_eq!(done, Done { finish_reason: FinishReason::Length, completion_tokens: 156 });
}

#[tokio::test]
async fn a_completion_is_the_same_alone_and_among_seven_others() {
    let thread = start(8);
    let alone = outcome(thread.submit(job(7, 60)).expect("a free slot")).await;
    let others: Vec<_> = (100..107).map(|seed| thread.submit(job(seed, 80)).expect("a free slot")).collect();
    assert_eq!(outcome(thread.submit(job(7, 60)).expect("a free slot")).await, alone);
    for other in others {
        assert_ne!(outcome(other).await.0, alone.0);
    }
}

#[tokio::test]
async fn what_prompts_begin_with_is_read_once() {
    let thread = start(2);
    let gauge = thread.gauge();
    outcome(thread.share((0..80).collect()).expect("a free slot")).await;
    assert_eq!((gauge.prompt_tokens(), gauge.prefix_tokens(), gauge.rows()), (80, 0, 0));
    assert_eq!(gauge.context_tokens(), 80, "the prefix stays");
    let (text, done) = outcome(thread.submit(job(3, 10)).expect("a free slot")).await;
    assert_eq!(done.completion_tokens, 10);
    assert_eq!((gauge.prompt_tokens(), gauge.prefix_tokens(), gauge.completion_tokens()), (100, 80, 10));
    assert_eq!(outcome(thread.submit(job(3, 10)).expect("a free slot")).await.0, text, "it goes the same way again");
    let other = Job { prompt: (1..80).collect(), ..job(3, 10) };
    outcome(thread.submit(other).expect("a free slot")).await;
    let only_prefix = Job { prompt: (0..80).collect(), ..job(3, 10) };
    outcome(thread.submit(only_prefix).expect("a free slot")).await;
    assert_eq!(gauge.prefix_tokens(), 160, "other prompts, and the bare prefix, are read whole");
    assert_eq!(gauge.context_tokens(), 80, "rows leave nothing behind");
}

#[tokio::test]
async fn the_warm_up_reads_what_all_conversations_begin_with() {
    let engine = Engine::start(load_built_in(), Schedule::new(8));
    let conversation = |user: &str| {
        [(Role::System, "You write cover letters."), (Role::User, user)]
            .map(|(role, content)| Message { role, content: content.to_owned() })
            .to_vec()
    };
    engine.warm_up(&[conversation("one"), conversation("another")]).await.expect("writes");
    let gauge = engine.gauge();
    let shared = gauge.prefix_tokens();
    assert!(shared >= 10, "the system message and the beginning of the other are {shared} tokens");
    assert_eq!(gauge.context_tokens() as u64, shared);
}

#[tokio::test]
async fn a_step_that_fails_ends_only_the_letter_that_made_it_fail() {
    let thread = start(2);
    let alone = outcome(thread.submit(job(7, 40)).expect("a free slot")).await;
    let mut running = thread.submit(job(7, 40)).expect("a free slot");
    assert!(matches!(running.recv().await, Some(Event::Read { tokens: 64 })));
    let wrong = Job { prompt: vec![1, random::VOCABULARY as u32], ..job(1, 5) };
    let mut failed = thread.submit(wrong).expect("a free slot");
    assert!(matches!(failed.recv().await, Some(Event::Failed(_))));
    assert!(failed.recv().await.is_none(), "nothing follows");
    assert_eq!(outcome(running).await, alone);
    let mut empty = thread.submit(Job { prompt: Vec::new(), ..job(1, 5) }).expect("a free slot");
    assert!(matches!(empty.recv().await, Some(Event::Failed(_))));
}

#[tokio::test]
async fn the_gauge_counts_what_was_done() {
    let thread = start(2);
    let gauge = thread.gauge();
    let jobs = [job(1, 20), job(2, 20)].map(|job| thread.submit(job).expect("a free slot"));
    for events in jobs {
        outcome(events).await;
    }
    assert_eq!((gauge.prompt_tokens(), gauge.completion_tokens(), gauge.waiting()), (200, 40, 0));
    assert!(gauge.decode_rows() > 0 && gauge.decode_rows() <= 38, "the first token of each came with its prompt");
    assert_eq!(gauge.stepped_rows(), 2 * 2 + 2 * 19, "two chunks and nineteen tokens each");
    assert!(gauge.steps() <= gauge.stepped_rows());
    assert!(!gauge.prefill_time().is_zero() && !gauge.decode_time().is_zero());
}

#[tokio::test]
async fn a_slot_is_free_again_when_nobody_listens() {
    let thread = start(1);
    let mut events = thread.submit(slow()).expect("a free slot");
    first_token(&mut events).await;
    drop(events);
    let (_, done) = outcome(thread.submit(job(1, 3)).expect("a place in the queue")).await;
    assert_eq!(done.completion_tokens, 3);
}

#[tokio::test]
async fn more_work_than_slots_waits_and_more_than_that_is_refused() {
    let thread = start(1);
    let mut running = thread.submit(slow()).expect("a free slot");
    first_token(&mut running).await;
    let waiting = thread.submit(job(1, 3)).expect("a place in the queue");
    assert_eq!(thread.submit(job(2, 3)).err(), Some(SubmitError::Full));
    drop(running);
    assert_eq!(outcome(waiting).await.1.completion_tokens, 3);
}

#[tokio::test]
async fn a_paced_completion_keeps_its_pace_while_others_run_ahead() {
    let thread = start(2);
    let begun = Instant::now();
    let mut paced = thread.submit(Job { tokens_per_second: Some(5), ..slow() }).expect("a free slot");
    first_token(&mut paced).await;
    outcome(thread.submit(job(1, 150)).expect("a free slot")).await;
    let mut written = 1;
    while let Ok(event) = paced.try_recv() {
        written += usize::from(matches!(event, Event::Wrote { .. }));
    }
    let most = begun.elapsed().as_secs_f64() * 5.0 + 2.0;
    assert!((written as f64) <= most, "{written} tokens, at most {most}");
}

#[tokio::test]
async fn dropping_the_handle_ends_everything() {
    let thread = start(1);
    let mut events = thread.submit(slow()).expect("a free slot");
    first_token(&mut events).await;
    let gauge = thread.gauge();
    assert!(thread.is_alive() && gauge.rows() == 1 && gauge.steps() >= 2);
    drop(thread);
    assert_eq!(outcome(events).await.1.finish_reason, FinishReason::Cancelled);
    assert_eq!(gauge.rows(), 0);
}

//! Readers and the writing end of one letter.

use super::*;

fn pieces(events: &[StreamEvent]) -> impl Iterator<Item = &Piece> {
    events.iter().filter_map(|event| if let StreamEvent::Text(piece) = event { Some(piece) } else { None })
}

fn texts(events: &[StreamEvent]) -> String {
    pieces(events).map(|piece| piece.text.as_str()).collect()
}

async fn all(mut reader: Reader) -> Vec<StreamEvent> {
    let mut events = Vec::new();
    while let Some(event) = reader.next().await {
        events.push(event);
    }
    events
}

fn piece(offset: usize, text: &str) -> StreamEvent {
    StreamEvent::Text(Piece { offset, text: text.to_owned() })
}

const DONE: StreamEvent = StreamEvent::Done(End { state: State::Succeeded });

#[tokio::test]
async fn a_reader_gets_states_the_text_and_the_end() {
    let streams = Arc::new(Streams::default());
    let stream = streams.open("u", 2);
    let mut reader = streams.read("u", 0).expect("the stream is open");
    let state = |state, prompt_tokens, completion_tokens| {
        StreamEvent::State(WorkerState { attempt: 2, completion_tokens, prompt_tokens, state })
    };
    assert_eq!(reader.next().await, Some(state(Phase::Reading, 0, 0)));
    stream.read_prompt(9);
    assert_eq!(reader.next().await, Some(state(Phase::Reading, 9, 0)));
    stream.write("Grüße", 1);
    assert_eq!(reader.next().await, Some(state(Phase::Writing, 9, 1)));
    assert_eq!(reader.next().await, Some(piece(0, "Grüße")));
    stream.write(" an", 2);
    stream.write(" alle", 3);
    assert_eq!(reader.next().await, Some(piece(5, " an alle")));
    stream.finish(State::Succeeded);
    assert_eq!(reader.next().await, Some(DONE));
    assert_eq!(reader.next().await, None);
}

#[tokio::test]
async fn a_reader_resumes_at_any_character() {
    let letter = "Grüße aus Zürich, 東京 und überall";
    for offset in 0..=letter.chars().count() {
        let streams = Arc::new(Streams::default());
        let stream = streams.open("u", 1);
        stream.write("Grüße aus Z", 1);
        let reader = streams.read("u", offset).expect("the stream is open");
        let reading = tokio::spawn(all(reader));
        tokio::task::yield_now().await;
        stream.write("ürich, 東京 und überall", 2);
        stream.finish(State::Succeeded);
        let events = reading.await.expect("the reader ends");
        assert_eq!(texts(&events), letter.chars().skip(offset).collect::<String>());
        assert!(pieces(&events).next().is_none_or(|first| first.offset == offset));
    }
}

#[tokio::test]
async fn a_stream_that_is_dropped_ends_its_readers_without_a_done() {
    let streams = Arc::new(Streams::default());
    let stream = streams.open("u", 1);
    stream.write("Dear", 1);
    let reader = streams.read("u", 0).expect("the stream is open");
    drop(stream);
    let events = all(reader).await;
    assert_eq!(texts(&events), "Dear");
    assert!(!events.contains(&DONE));
}

#[tokio::test]
async fn a_finished_letter_can_be_read_for_a_minute() {
    let streams = Arc::new(Streams::default());
    let stream = streams.open("u", 1);
    stream.write("Dear", 1);
    stream.finish(State::Succeeded);
    let finished = Instant::now();
    evict(&mut streams.entries(), finished + KEPT_FOR.saturating_sub(Duration::from_secs(1)));
    assert_eq!(texts(&all(streams.read("u", 0).expect("it is kept")).await), "Dear");
    evict(&mut streams.entries(), finished + KEPT_FOR);
    assert_eq!(streams.read("u", 0).err(), Some(ReadError::Unknown));
}

#[tokio::test]
async fn a_later_attempt_replaces_an_earlier_one() {
    let streams = Arc::new(Streams::default());
    let earlier = streams.open("u", 1);
    let later = streams.open("u", 2);
    earlier.finish(State::Queued);
    later.write("Dear", 1);
    later.finish(State::Succeeded);
    let events = all(streams.read("u", 0).expect("the later one has replaced it")).await;
    assert_eq!(events.last(), Some(&DONE));
}

#[tokio::test]
async fn finished_letters_and_readers_are_bounded() {
    let streams = Arc::new(Streams::default());
    for n in 0..FINISHED_MAX + 10 {
        streams.open(&n.to_string(), 1).finish(State::Succeeded);
    }
    let stream = streams.open("last", 1);
    assert!(streams.entries().len() <= FINISHED_MAX + 1);
    let readers: Vec<_> = (0..READERS_MAX).map(|_| streams.read("last", 0).expect("a free connection")).collect();
    assert_eq!(streams.read("last", 0).err(), Some(ReadError::TooManyReaders));
    drop(readers);
    assert!(streams.read("last", 0).is_ok());
    drop(stream);
}

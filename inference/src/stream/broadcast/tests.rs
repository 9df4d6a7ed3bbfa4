//! Readers and a writer at one desk.

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
    let desk = Arc::new(Desk::default());
    let page = desk.open("u", 2);
    let mut reader = desk.read("u", 0).expect("the page is open");
    let state = |state, prompt_tokens, completion_tokens| {
        StreamEvent::State(WorkerState { attempt: 2, completion_tokens, prompt_tokens, state })
    };
    assert_eq!(reader.next().await, Some(state(Phase::Reading, 0, 0)));
    page.read_prompt(9);
    assert_eq!(reader.next().await, Some(state(Phase::Reading, 9, 0)));
    page.write("Grüße", 1);
    assert_eq!(reader.next().await, Some(state(Phase::Writing, 9, 1)));
    assert_eq!(reader.next().await, Some(piece(0, "Grüße")));
    page.write(" an", 2);
    page.write(" alle", 3);
    assert_eq!(reader.next().await, Some(piece(5, " an alle")));
    page.finish(State::Succeeded);
    assert_eq!(reader.next().await, Some(DONE));
    assert_eq!(reader.next().await, None);
}

#[tokio::test]
async fn a_reader_resumes_at_any_character() {
    let letter = "Grüße aus Zürich, 東京 und überall";
    for offset in 0..=letter.chars().count() {
        let desk = Arc::new(Desk::default());
        let page = desk.open("u", 1);
        page.write("Grüße aus Z", 1);
        let reader = desk.read("u", offset).expect("the page is open");
        let reading = tokio::spawn(all(reader));
        tokio::task::yield_now().await;
        page.write("ürich, 東京 und überall", 2);
        page.finish(State::Succeeded);
        let events = reading.await.expect("the reader ends");
        assert_eq!(texts(&events), letter.chars().skip(offset).collect::<String>());
        assert!(pieces(&events).next().is_none_or(|first| first.offset == offset));
    }
}

#[tokio::test]
async fn a_page_that_is_dropped_ends_its_readers_without_a_done() {
    let desk = Arc::new(Desk::default());
    let page = desk.open("u", 1);
    page.write("Dear", 1);
    let reader = desk.read("u", 0).expect("the page is open");
    drop(page);
    let events = all(reader).await;
    assert_eq!(texts(&events), "Dear");
    assert!(!events.contains(&DONE));
}

#[tokio::test]
async fn a_finished_letter_can_be_read_for_a_minute() {
    let desk = Arc::new(Desk::default());
    let page = desk.open("u", 1);
    page.write("Dear", 1);
    page.finish(State::Succeeded);
    let finished = Instant::now();
    tidy(&mut desk.letters(), finished + KEPT_FOR.saturating_sub(Duration::from_secs(1)));
    assert_eq!(texts(&all(desk.read("u", 0).expect("it is kept")).await), "Dear");
    tidy(&mut desk.letters(), finished + KEPT_FOR);
    assert_eq!(desk.read("u", 0).err(), Some(NotRead::Unknown));
}

#[tokio::test]
async fn a_later_attempt_takes_the_place_of_an_earlier_one() {
    let desk = Arc::new(Desk::default());
    let earlier = desk.open("u", 1);
    let later = desk.open("u", 2);
    earlier.finish(State::Queued);
    later.write("Dear", 1);
    later.finish(State::Succeeded);
    let events = all(desk.read("u", 0).expect("the later one lies there")).await;
    assert_eq!(events.last(), Some(&DONE));
}

#[tokio::test]
async fn finished_letters_and_readers_are_bounded() {
    let desk = Arc::new(Desk::default());
    for n in 0..KEPT_MOST + 10 {
        desk.open(&n.to_string(), 1).finish(State::Succeeded);
    }
    let page = desk.open("last", 1);
    assert!(desk.letters().len() <= KEPT_MOST + 1);
    let readers: Vec<_> = (0..READERS_MOST).map(|_| desk.read("last", 0).expect("a free seat")).collect();
    assert_eq!(desk.read("last", 0).err(), Some(NotRead::Crowded));
    drop(readers);
    assert!(desk.read("last", 0).is_ok());
    drop(page);
}

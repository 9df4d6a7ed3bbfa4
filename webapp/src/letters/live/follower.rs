//! Follows one letter for one reader.

use std::sync::Arc;
use std::time::Duration;

use cluster::Chain;
use cluster::requests::Changes;
use crds::CoverLetterRequest;
use crds::request::State;
use crds::stream::{StreamEvent, WorkerState};
use tokio::sync::mpsc;
use tokio::time::Instant;
use tracing::debug;
use uuid::Uuid;

use super::news::{News, StateNews, TextNews, unseen};
use crate::cluster::pod_stream::PodStream;
use crate::cluster::requests::request_name;
use crate::letter::Letter;
use crate::letters::progress::{Progress, Stage};
use crate::letters::seats::Seat;
use crate::letters::{Letters, hand_in, settle};
use crate::place::Place;
use crate::web::error::AppError;

/// How often the row is read while there is no request yet.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// How often it is read although the watch shows no change: another replica may have stopped or settled the letter.
const LOOK_ANYWAY: Duration = Duration::from_secs(20);
/// How often the place in line and the remaining time are told anew. They come from memory.
const TELL_EVERY: Duration = Duration::from_secs(2);
/// Wait before a pod that does not answer is asked again.
const RECONNECT_AFTER: Duration = Duration::from_millis(500);

/// The reader has closed the stream, or the letter is deleted.
struct Gone;

/// One reader of one letter.
pub struct Follower {
    state: Letters,
    user_id: i64,
    id: Uuid,
    /// Characters of the letter that the reader has.
    seen: usize,
    sender: mpsc::Sender<News>,
    changes: Changes,
    /// Ends with the follower.
    _seat: Seat,
    /// The last state that was sent.
    sent: Option<StateNews>,
    /// The last state that a pod reported.
    reported: Option<WorkerState>,
}

/// A letter and its request at one moment.
struct View {
    letter: Letter,
    request: Option<Arc<CoverLetterRequest>>,
    place: Option<Place>,
}

impl Follower {
    pub fn new(state: Letters, user_id: i64, id: Uuid, seen: usize, sender: mpsc::Sender<News>, seat: Seat) -> Self {
        let changes = state.board.changes();
        Self { state, user_id, id, seen, sender, changes, _seat: seat, sent: None, reported: None }
    }

    /// Tells news until the letter is finished, the reader has closed the stream, or the program stops.
    pub async fn run(mut self) {
        let shutdown = self.state.shutdown.clone();
        let closed = self.sender.clone();
        tokio::select! {
            _ = self.follow() => {}
            () = closed.closed() => {}
            // The browser connects again, to another replica, and goes on from its last event id.
            () = shutdown.cancelled() => {}
        }
    }

    async fn follow(&mut self) -> Result<(), Gone> {
        self.send(News::Connected).await?;
        loop {
            self.changes.forget();
            let view = match self.look().await {
                Ok(view) => view,
                Err(AppError::NotFound) => return Err(Gone),
                Err(error) => {
                    debug!(letter.id = %self.id, error = %Chain(&error), "Could not look at letter `{}`", self.id);
                    tokio::time::sleep(LOOK_EVERY).await;
                    continue;
                }
            };
            let progress = self.progress(&view);
            if progress.is_finished() {
                return self.finish(&view, &progress).await;
            }
            self.send_state(&progress).await?;
            match view.request.as_deref().and_then(claim_of) {
                Some((endpoint, uid)) => self.follow_pod(&view, &endpoint, &uid).await?,
                None => self.wait_in_line(view).await?,
            }
        }
    }

    /// Tells the place in line until the watch shows a change of this letter's own request. Changes of others wake this
    /// reader too, but cost a look into memory and no query.
    async fn wait_in_line(&mut self, mut view: View) -> Result<(), Gone> {
        if view.request.as_ref().is_none_or(|request| request.is_terminal()) {
            self.wait(LOOK_EVERY).await;
            return Ok(());
        }
        let deadline = Instant::now() + LOOK_ANYWAY;
        let mut tell = tokio::time::interval_at(Instant::now() + TELL_EVERY, TELL_EVERY);
        loop {
            tokio::select! {
                () = self.changes.next() => if self.request_changed(&view) { return Ok(()) },
                _ = tell.tick() => {
                    // A request has its place in memory, so that this asks no database.
                    if let Ok(place) = hand_in::place(&self.state, &view.letter, view.request.as_deref()).await {
                        view.place = place;
                    }
                    self.send_state(&self.progress(&view)).await?;
                }
                () = tokio::time::sleep_until(deadline) => return Ok(()),
            }
        }
    }

    fn request_changed(&self, view: &View) -> bool {
        let version = |request: &CoverLetterRequest| request.metadata.resource_version.clone();
        let now = self.state.board.get(&request_name(self.id));
        now.as_deref().map(version) != view.request.as_deref().map(version)
    }

    async fn look(&self) -> Result<View, AppError> {
        let letter = settle::settle(&self.state, self.user_id, self.id).await?;
        let request = self.state.board.get(&request_name(self.id));
        let place = hand_in::place(&self.state, &letter, request.as_deref()).await?;
        Ok(View { letter, request, place })
    }

    fn progress(&self, view: &View) -> Progress {
        Progress::of(&view.letter, view.request.as_deref(), view.place, self.state.clock.now())
    }

    /// Sends the rest of the letter, then `done`.
    async fn finish(&mut self, view: &View, progress: &Progress) -> Result<(), Gone> {
        if let Some(letter) = &view.letter.written {
            self.send_text(0, letter).await?;
        }
        self.send(News::Done(StateNews::new(progress, None))).await
    }

    /// Passes on the events of the pod while its claim stands.
    async fn follow_pod(&mut self, view: &View, endpoint: &str, uid: &str) -> Result<(), Gone> {
        let mut stream = match self.state.pods.open(endpoint, uid, self.seen).await {
            Ok(stream) => stream,
            Err(error) => {
                debug!(letter.id = %self.id, error = %Chain(&error), "No text for letter `{}` yet", self.id);
                self.wait(RECONNECT_AFTER).await;
                return Ok(());
            }
        };
        loop {
            tokio::select! {
                event = next(&mut stream) => match event {
                    Some(event) => if !self.pass_on(view, event).await? { break },
                    None => break,
                },
                () = self.changes.next() => if self.claim_changed(view) { return Ok(()) },
            }
        }
        // The pod's stream has ended: the status follows at once, or the claim is lost and another pod takes over.
        self.wait(RECONNECT_AFTER).await;
        Ok(())
    }

    /// Whether to read on from this pod.
    async fn pass_on(&mut self, view: &View, event: StreamEvent) -> Result<bool, Gone> {
        match event {
            StreamEvent::State(pod) => {
                self.reported = Some(pod);
                self.send_state(&self.progress(view)).await?;
            }
            StreamEvent::Text(piece) => {
                if piece.offset > self.seen {
                    return Ok(false);
                }
                self.send_text(piece.offset, &piece.text).await?;
            }
            StreamEvent::Done(_) => return Ok(false),
        }
        Ok(true)
    }

    fn claim_changed(&self, view: &View) -> bool {
        let now = self.state.board.get(&request_name(self.id));
        let claim = |request: &CoverLetterRequest| {
            let status = request.status.as_ref();
            (request.state(), request.spec.cancel_requested, status.and_then(|status| status.claim.clone()))
        };
        now.as_deref().map(claim) != view.request.as_deref().map(claim)
    }

    /// Sends the state if the reader would see a difference. What a pod reported counts for its own attempt only.
    async fn send_state(&mut self, progress: &Progress) -> Result<(), Gone> {
        let pod = self.reported.filter(|pod| progress.stage == Stage::Running { attempt: pod.attempt });
        let state = StateNews::new(progress, pod.as_ref());
        if !self.sent.as_ref().is_some_and(|sent| sent.looks_like(&state)) {
            self.send(News::State(state.clone())).await?;
            self.sent = Some(state);
        }
        Ok(())
    }

    async fn send_text(&mut self, offset: usize, piece: &str) -> Result<(), Gone> {
        if let Some(new) = unseen(self.seen, offset, piece) {
            let piece = TextNews { offset: self.seen, text: new.to_owned() };
            self.seen = piece.end();
            self.send(News::Text(piece)).await?;
        }
        Ok(())
    }

    async fn send(&self, news: News) -> Result<(), Gone> {
        self.sender.send(news).await.map_err(|_| Gone)
    }

    async fn wait(&mut self, at_most: Duration) {
        let _ = tokio::time::timeout(at_most, self.changes.next()).await;
    }
}

/// Endpoint and uid under which the text of this request can be followed, while a worker writes it.
pub fn claim_of(request: &CoverLetterRequest) -> Option<(String, String)> {
    let claim = request.status.as_ref().filter(|_| request.state() == State::Running)?.claim.as_ref()?;
    Some((claim.endpoint.clone(), request.metadata.uid.clone()?))
}

async fn next(stream: &mut PodStream) -> Option<StreamEvent> {
    match stream.next().await {
        Ok(event) => event,
        Err(error) => {
            debug!(error = %Chain(&error), "Lost a pod's stream");
            None
        }
    }
}

//! Random sequences of keys and clicks, cut into frames anywhere, beside a plain model of what each of them does to what the
//! one before has left.

use super::*;

/// What should come of it.
#[derive(Default)]
struct Model {
    order: Vec<u32>,
    predicted: Vec<u8>,
    labels: Vec<Option<u8>>,
    skipped: Vec<u32>,
    selected: Option<u32>,
    of_queue: Option<u32>,
    back: Vec<u32>,
    chosen: BTreeSet<u32>,
    done: Vec<Vec<(u32, Option<u8>, Option<u8>)>>,
    undone: Vec<Vec<(u32, Option<u8>, Option<u8>)>>,
}

impl Model {
    fn first(&self) -> Option<u32> {
        let open = |serial: &&u32| self.labels[**serial as usize].is_none();
        let fresh = self.order.iter().filter(|serial| !self.skipped.contains(serial));
        fresh.chain(&self.skipped).find(open).copied()
    }

    fn select(&mut self, serial: Option<u32>) {
        if self.selected != serial {
            self.back.extend(self.selected);
            self.selected = serial;
        }
    }

    fn next(&mut self) {
        if let Some(first) = self.first() {
            self.of_queue = Some(first);
            self.select(Some(first));
        }
    }

    fn give(&mut self, label: impl Fn(&Self, u32) -> Option<u8>) {
        let serials: Vec<u32> = match self.chosen.is_empty() {
            true => self.selected.into_iter().collect(),
            false => self.chosen.iter().copied().collect(),
        };
        let changes: Vec<_> = serials
            .iter()
            .map(|&serial| (serial, label(self, serial)))
            .collect();
        let labelled = changes.iter().any(|(_, label)| label.is_some());
        let steps: Vec<_> = changes
            .into_iter()
            .map(|(serial, after)| (serial, self.labels[serial as usize], after))
            .filter(|(_, before, after)| before != after)
            .collect();
        for &(serial, _, after) in &steps {
            self.set(serial, after);
        }
        if !steps.is_empty() {
            self.done.push(steps);
            self.undone.clear();
        }
        if !self.chosen.is_empty() {
            self.chosen.clear();
        } else if labelled && self.of_queue == self.selected {
            self.next();
        }
    }

    fn set(&mut self, serial: u32, label: Option<u8>) {
        self.labels[serial as usize] = label;
        if label.is_some() {
            self.skipped.retain(|other| *other != serial);
        }
    }

    /// Takes back the last action that has an effect, or does it again.
    fn reverse(&mut self, undo: bool) {
        loop {
            let action = if undo { self.done.pop() } else { self.undone.pop() };
            let Some(action) = action else { return };
            let mut changed = false;
            for &(serial, before, after) in &action {
                let (now, then) = if undo { (after, before) } else { (before, after) };
                if self.labels[serial as usize] == now {
                    self.set(serial, then);
                    changed = true;
                }
            }
            if undo {
                self.undone.push(action);
            } else {
                self.done.push(action);
            }
            if changed {
                return;
            }
        }
    }

    fn follow(&mut self, act: Act) {
        match act {
            Act::Digit(digit) => self.give(|_, _| Some(digit)),
            Act::Click(serial) => self.select(Some(serial)),
            Act::ClickBeside => self.select(None),
            Act::Key(KeyAct::Next) => self.next(),
            Act::Key(KeyAct::Skip) => {
                if let Some(serial) = self
                    .selected
                    .filter(|&serial| self.labels[serial as usize].is_none())
                {
                    self.skipped.retain(|other| *other != serial);
                    self.skipped.push(serial);
                }
                self.next();
            }
            Act::Key(KeyAct::Previous) => {
                while let Some(serial) = self.back.pop() {
                    if Some(serial) != self.selected {
                        self.selected = Some(serial);
                        self.of_queue = Some(serial);
                        return;
                    }
                }
            }
            Act::Key(KeyAct::Predicted) => self.give(|model, serial| Some(model.predicted[serial as usize])),
            Act::Key(KeyAct::Delete) => self.give(|_, _| None),
            Act::Key(KeyAct::Escape) => {
                self.chosen.clear();
                self.select(None);
            }
            Act::Key(KeyAct::SelectAll) => self.chosen = (0..COUNT as u32).collect(),
            Act::Key(KeyAct::Undo) => self.reverse(true),
            Act::Key(KeyAct::Redo) => self.reverse(false),
        }
    }
}

fn random_act(random: &mut ChaCha8Rng) -> Act {
    use KeyAct::*;
    match random.random_range(0..40) {
        0..8 => Act::Key(Next),
        8..11 => Act::Key(Previous),
        11..14 => Act::Key(Skip),
        14..17 => Act::Key(Predicted),
        17..18 => Act::Key(Delete),
        18..19 => Act::Key(Escape),
        19..20 => Act::Key(SelectAll),
        20..23 => Act::Key(Undo),
        23..24 => Act::Key(Redo),
        24..29 => Act::Click(random.random_range(0..COUNT as u32)),
        29..30 => Act::ClickBeside,
        _ => Act::Digit(random.random_range(0..10)),
    }
}

const SEQUENCES: usize = 10_000;

#[test]
fn whatever_a_frame_holds_each_input_does_what_its_order_implies() {
    let folder = tempfile::tempdir().unwrap();
    write_images(folder.path());
    let mut app = app(folder.path());
    let window = primary_window(&mut app);
    let world = app.world_mut();
    let view = *world.resource::<CloudView>();
    let places: Vec<Vec2> = (0..COUNT)
        .map(|i| {
            view.window_from_world(Vec3::new((i % 8) as f32, (i / 8) as f32, 0.0))
                .unwrap()
        })
        .collect();
    let order = world
        .run_system_cached(|known: SampleQuery| known.queue(Order::ToLabel, |queue| queue.first(COUNT)))
        .unwrap();
    assert_eq!(order.len(), COUNT, "the cloud stands");
    let mut model = Model {
        order,
        predicted: (0..COUNT).map(|i| (i * 7 % 10) as u8).collect(),
        labels: vec![None; COUNT],
        ..Model::default()
    };
    let mut random = ChaCha8Rng::seed_from_u64(18);
    for sequence in 0..SEQUENCES {
        let mut acts: Vec<Act> = (0..random.random_range(1..9))
            .map(|_| random_act(&mut random))
            .collect();
        if sequence % 8 == 0 {
            acts.splice(0..0, [Act::Key(KeyAct::SelectAll), Act::Key(KeyAct::Delete)]);
        }
        let mut raw = Vec::new();
        for &act in &acts {
            raw.extend(events(act, &places));
            model.follow(act);
        }
        for event in raw {
            send(app.world_mut(), window, event);
            if random.random_range(0..3) == 0 {
                app.update();
            }
        }
        app.update();
        app.update();
        let world = app.world();
        let labels = world.resource::<UserLabels>().0.as_slice();
        assert_eq!(labels, model.labels, "labels after sequence {sequence}: {acts:?}");
        let chosen: Vec<u32> = model.chosen.iter().copied().collect();
        assert_eq!(
            world.resource::<Chosen>().serials(),
            chosen,
            "chosen after sequence {sequence}: {acts:?}"
        );
        let selected = world.resource::<Selected>().0;
        assert_eq!(
            selected, model.selected,
            "selected after sequence {sequence}: {acts:?}"
        );
    }

    // And so it stands on the disk.
    wait_for_the_disk(&app);
    let (saved, problems) = ssvae_core::labels::read_labels(
        &folder.path().join("labels.csv"),
        COUNT,
        ssvae_core::classes::ClassCount::default(),
    )
    .unwrap();
    assert_eq!((saved.as_slice(), problems.len()), (&model.labels[..], 0));
}

#[test]
fn the_next_sample_comes_from_an_order_by_all_labels_however_fast_the_keys() {
    let folder = tempfile::tempdir().unwrap();
    write_images(folder.path());
    let mut app = learning_app(folder.path());
    let window = primary_window(&mut app);
    // However long an order takes, it is waited for.
    app.world_mut().resource_mut::<Awaited>().patience = 2 * PATIENCE;
    until(&mut app, "there are no scores", |app| {
        app.world().resource::<Learning>().has_scores()
    });
    const DIGITS: u8 = 6;
    let acts = [Act::Key(KeyAct::Next)]
        .into_iter()
        .chain((0..DIGITS).map(Act::Digit));
    for event in acts.flat_map(|act| events(act, &[])) {
        send(app.world_mut(), window, event);
    }
    let labelled = |app: &App| app.world().resource::<UserLabels>().0.labelled();
    let (mut seen, mut orders, end) = (None, 0, Instant::now() + PATIENCE);
    while labelled(&app) < usize::from(DIGITS) || orders <= DIGITS {
        assert!(
            Instant::now() < end,
            "{orders} samples, {} labels",
            labelled(&app)
        );
        next_frame(&mut app);
        let (selected, learning) = (
            app.world().resource::<Selected>().0,
            app.world().resource::<Learning>(),
        );
        if selected != seen {
            seen = selected;
            orders += 1;
            // Its own label, which it may have by now, is no part of the order that it came from.
            let own = labelled(&app) == usize::from(orders);
            assert!(
                own || !learning.is_behind(),
                "{orders} samples, {} labels",
                labelled(&app)
            );
        }
    }
    let labels = app.world().resource::<UserLabels>().0.as_slice();
    let given: BTreeSet<u8> = labels.iter().flatten().copied().collect();
    assert!(
        given.into_iter().eq(0..DIGITS),
        "each digit is for a sample of its own: {labels:?}"
    );
}

/// Keys that are all there before the window draws: a class is found by its name, and a path is opened.
#[test]
fn what_is_typed_ahead_finds_its_class_and_its_folder() {
    let folder = tempfile::tempdir().unwrap();
    write_images(folder.path());
    fs::write(
        folder.path().join("classes.csv"),
        "class,name\n3,zebra\n4,ant\n9,zebu\n",
    )
    .unwrap();
    let mut app = app(folder.path());
    let window = primary_window(&mut app);
    let type_keys = |app: &mut App, text: &str| {
        for name in text.chars() {
            let events = match name {
                '\n' => tap(KeyCode::Enter, Key::Enter),
                name => letter(KeyCode::KeyA, &name.to_string()),
            };
            for event in events {
                send(app.world_mut(), window, event);
            }
        }
    };
    let labels = |app: &App| {
        let labels = app.world().resource::<UserLabels>().0.as_slice();
        labels.iter().flatten().copied().collect::<Vec<u8>>()
    };
    type_keys(&mut app, "n/zebra\n/an\n/zebu\n/\n");
    until(&mut app, "labels are missing", |app| labels(app).len() == 4);
    let mut given = labels(&app);
    given.sort_unstable();
    assert_eq!(given, [3, 4, 9, 9]);

    // The second folder of two is chosen with the arrow before its folder can have been read.
    for name in ["one", "two"] {
        fs::create_dir_all(folder.path().join("sets").join(name)).unwrap();
    }
    for event in chord(
        &[(KeyCode::ControlLeft, Key::Control)],
        letter(KeyCode::KeyO, "o"),
    ) {
        send(app.world_mut(), window, event);
    }
    type_keys(&mut app, &format!("{}/sets/", folder.path().display()));
    for _ in 0..2 {
        for event in tap(KeyCode::ArrowDown, Key::ArrowDown) {
            send(app.world_mut(), window, event);
        }
    }
    type_keys(&mut app, "\n\n");
    let two = folder.path().join("sets/two");
    until(&mut app, "nothing is opened", |app| {
        app.world().resource::<PendingOpen>().0.is_some()
    });
    let target = &app.world().resource::<PendingOpen>().0;
    let same = |path: &Path| path.components().eq(two.components());
    assert!(
        matches!(target, Some(OpenTarget::Data(path)) if same(path)),
        "{target:?}"
    );
}

//! Documents, their layouts and extractions.

use super::*;

#[test]
fn a_stored_page_comes_back_byte_for_byte_for_the_next_extractor() {
    let house = house();
    let captures = [capture(URL, "2010", "AAAA")];
    house.add(&captures);
    let id = house
        .store
        .set_policies(house.site, &[policy(&[URL])])
        .unwrap()[0];
    let first = house.store.captures_of_policy(id, EXTRACTOR).unwrap()[0].clone();
    let body = "päge ".repeat(1000);
    house.fetched(first.capture_id, &first.capture, &body);
    assert!(house.store.unextracted(id, EXTRACTOR).unwrap().is_empty());
    assert_eq!(
        house.store.unextracted(id, "next").unwrap(),
        [first.capture_id]
    );
    let page = house.store.stored_page(first.capture_id).unwrap().unwrap();
    assert_eq!(
        (page.body, page.original.as_str()),
        (body.into_bytes(), URL)
    );
}

#[test]
fn a_document_is_described_by_one_layout_whichever_came_first() {
    let captures = [capture(URL, "2010", "AAAA"), capture(URL, "2011", "BBBB")];
    let layouts = [
        ("one line of words", "en", 4),
        ("one line\nof words", "und", 9),
    ];
    let mut described = Vec::new();
    for order in [[0, 1], [1, 0]] {
        let house = house();
        house.add(&captures);
        for n in order {
            let (text, language, word_count) = layouts[n];
            let document = Document {
                language: language.to_owned(),
                word_count,
                text_hash: TextHash::of_normalised("one line of words"),
                ..document(text)
            };
            let capture_id = CaptureId::new(i64::try_from(n).unwrap() + 1);
            let fetched = Fetched {
                body: Some(text.as_bytes().to_vec()),
                ..Fetched::default()
            };
            house
                .store
                .add_memento(
                    capture_id,
                    &fetched,
                    Some((EXTRACTOR, &Ok(document))),
                    stamp("2026"),
                )
                .unwrap();
        }
        assert!(house.store.structural_faults().unwrap().is_empty());
        let row = house.store.lock().query_row(
            "SELECT language, word_count, simhash FROM documents",
            [],
            |r| {
                Ok((
                    r.get::<_, String>(0)?,
                    r.get::<_, i64>(1)?,
                    r.get::<_, i64>(2)?,
                ))
            },
        );
        described.push(row.unwrap());
    }
    assert_eq!(described[0], described[1]);
}

#[test]
fn another_language_of_a_text_marks_every_history_that_shows_it() {
    let house = house();
    let elsewhere = "http://other.com/privacy";
    let other_site = house
        .store
        .site(&Site::parse("other.com").unwrap(), None, None)
        .unwrap();
    let captures = [
        capture(URL, "2010", "AAAA"),
        capture(elsewhere, "2011", "BBBB"),
    ];
    house.add(&captures);
    let mut ids = Vec::new();
    for ((site, url), c) in [(house.site, URL), (other_site, elsewhere)]
        .into_iter()
        .zip(&captures)
    {
        let id = house.store.set_policies(site, &[policy(&[url])]).unwrap()[0];
        let capture_id = house.store.captures_of_policy(id, EXTRACTOR).unwrap()[0].capture_id;
        house.fetched(capture_id, c, "the same words");
        let version = single_version(1, c, capture_id);
        let derived = Derived {
            pending: Some(house.store.pending(id).unwrap()),
            ..derived(EXTRACTOR, std::slice::from_ref(&version), &[])
        };
        house
            .store
            .set_history(id, &derived, Some(0), announcement())
            .unwrap();
        ids.push((id, capture_id));
    }
    assert!(house.store.pending_policies().unwrap().is_empty());
    // Editions are separated by language, so the other history may change too.
    let read_otherwise = Document {
        language: "nl".to_owned(),
        ..document("the same words")
    };
    house
        .store
        .add_extraction(ids[0].1, "next", &Ok(read_otherwise))
        .unwrap();
    assert_eq!(
        house.store.pending_policies().unwrap(),
        [ids[0].0, ids[1].0]
    );
}

#[test]
fn a_text_whose_pages_name_different_languages_has_the_same_one_in_every_order() {
    let captures = ["2010", "2011", "2012"].map(|year| capture(URL, year, year));
    let languages = ["und", "nl", "eu"];
    for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2]] {
        let house = house();
        house.add(&captures);
        let extracted = |n: usize, extractor: &str, language: &str| {
            let document = Document {
                language: language.to_owned(),
                ..document("the same words")
            };
            let capture_id = CaptureId::new(i64::try_from(n).unwrap() + 1);
            let fetched = Fetched {
                body: Some(b"the same words".to_vec()),
                ..Fetched::default()
            };
            let result = Ok(document);
            house
                .store
                .add_memento(
                    capture_id,
                    &fetched,
                    Some((extractor, &result)),
                    stamp("2026"),
                )
                .unwrap();
        };
        let stored = || {
            let row = house.store.lock().query_row(
                "SELECT d.language || r.language FROM documents d JOIN renditions r USING (document_id)",
                [],
                |r| r.get::<_, String>(0),
            );
            row.unwrap()
        };
        for n in order {
            extracted(n, EXTRACTOR, languages[n]);
        }
        assert_eq!(stored(), "eueu", "{order:?}");
        extracted(0, "next", "fi");
        assert_eq!(stored(), "fifi", "another extractor reads it otherwise");
    }
}

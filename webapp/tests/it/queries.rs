//! The queries against the schema: `.sqlx/` holds what Postgres says of each query, and the program is compiled against it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use fixtures::postgres::Postgres;
use secrecy::SecretString;
use serde_json::Value;
use sqlx::{AssertSqlSafe, Executor as _, PgPool, SqlSafeStr as _};
use tokio_util::sync::CancellationToken;

/// Types that queries name themselves, and the type that a column must have for each.
const NAMED_TYPES: [(&str, &str); 3] = [("Timestamptz", "Timestamptz"), ("Json<", "Jsonb"), ("Text<", "Text")];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The descriptions by query.
fn descriptions() -> BTreeMap<String, Value> {
    let files = std::fs::read_dir(root().join(".sqlx")).expect("`.sqlx` can be listed");
    let files = files.map(|file| std::fs::read_to_string(file.expect("is listed").path()).expect("is text"));
    let files = files.map(|file| serde_json::from_str::<Value>(&file).expect("is JSON"));
    files.map(|file| (file["query"].as_str().expect("a query").to_owned(), file["describe"].clone())).collect()
}

/// The Rust files below `folder`; what lies beside them (a PDF that a test reads) holds no query.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("can be listed").map(|entry| entry.expect("is listed").path());
    let files = entries.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] });
    files.filter(|path| path.extension().is_some_and(|extension| extension == "rs")).collect()
}

async fn migrated() -> PgPool {
    let url = Postgres::shared().await.expect("Postgres starts").database("queries").await.expect("a database");
    let pool = webapp::db::connect(&SecretString::from(url), None, &CancellationToken::new()).await;
    pool.expect("connects and migrates").expect("is not stopped")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_query_fits_the_schema_of_today() {
    let db = migrated().await;
    for (query, stored) in descriptions() {
        let described = db.describe(AssertSqlSafe(query.as_str()).into_sql_str()).await;
        let described = described.unwrap_or_else(|error| panic!("{error}: {query}"));
        let described = serde_json::to_value(&described).expect("is JSON");
        assert_eq!(described, stored, "run `cargo sqlx prepare` after a change of the schema: {query}");
    }
}

#[test]
fn a_type_that_a_query_names_is_the_type_of_its_column() {
    for (query, description) in descriptions() {
        for column in description["columns"].as_array().expect("columns") {
            let (name, found) = (column["name"].as_str().expect("a name"), &column["type_info"]);
            let Some((_, named)) = name.split_once(": ") else { continue };
            let expected =
                NAMED_TYPES.iter().find(|(prefix, _)| named.starts_with(prefix)).map(|(_, expected)| expected);
            assert_eq!(found.as_str(), expected.copied(), "column {name} of {query}");
        }
    }
}

#[test]
fn every_query_of_the_program_is_checked() {
    let mut queries = 0;
    for source in sources(&root().join("src")) {
        let text = std::fs::read_to_string(&source).expect("sources are text");
        let unchecked = [
            "sqlx::query(",
            "query_as(",
            "query_scalar(",
            "query_as::<",
            "query_scalar::<",
            "raw_sql(",
            "QueryBuilder",
        ];
        for word in unchecked {
            assert!(!text.contains(word), "{} calls `{word}`, which is not checked", source.display());
        }
        queries += ["sqlx::query!(", "sqlx::query_as!(", "sqlx::query_scalar!("]
            .map(|word| text.matches(word).count())
            .iter()
            .sum::<usize>();
    }
    assert_eq!(queries, descriptions().len(), "`.sqlx` describes queries that are gone");
}

//! An Ingress with a certificate of a private authority: people reach the site by HTTPS, by its name.

use anyhow::{Context as _, Result, ensure};
use crds::CoverLetterApp;
use crds::app::Ingress as Settings;
use e2e::curl::Curl;
use e2e::forward::Forward;
use e2e::letter::{EXAMPLE, is_signed_by};
use e2e::{Cluster, Play, app, play};
use fixtures::nginx::{Certified, Nginx, Site, certify};
use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::api::networking::v1::Ingress;
use serde_json::{Value, json};

const NAME: &str = "letters.example.org";
const SECRET: &str = "letters-tls";
const ACCOUNT: &str = "username=jane&password=Bar2024%21&email=jane%40example%2Eorg";
const LOG_IN: &str = "username=jane&password=Bar2024%21";

#[tokio::test]
async fn a_letter_is_written_by_https_behind_an_ingress_with_a_private_authority() {
    play("ingress", async |play: &Play| {
        let cluster = &play.cluster;
        let certified = certify(&[NAME.to_owned()])?;
        cluster.apply(&[secret(&certified)]).await?;
        let mut app = app::small();
        app.spec.web.host_cookies = true;
        app.spec.web.ingress = Some(Settings {
            class_name: Some("nginx".to_owned()),
            hostnames: vec![NAME.to_owned()],
            tls_secret_name: Some(SECRET.to_owned()),
            ..Settings::default()
        });
        cluster.install(&app).await?;
        let status = cluster.api::<CoverLetterApp>().get(app::NAME).await?.status.unwrap_or_default();
        ensure!(status.url == Some(format!("https://{NAME}")), "{:?}", status.url);

        let (_forward, site) = as_a_controller_reads_it(cluster).await?;
        let nginx = Nginx::start(&site).await?;
        let folder = tempfile::tempdir()?;
        let url = format!("https://{NAME}:{}", nginx.port());
        let resolved = format!("{NAME}:{}:127.0.0.1", nginx.port());
        let distrustful = Curl::new(&url, folder.path()).with(&["--resolve", &resolved]);
        let refused = distrustful.body("/", &[]).await;
        ensure!(refused.as_ref().is_err_and(|error| format!("{error:#}").contains("certificate")), "{refused:?}");

        let authority = folder.path().join("authority.pem");
        std::fs::write(&authority, &certified.authority)?;
        let authority = authority.display().to_string();
        let curl = Curl::new(&url, folder.path()).with(&["--resolve", &resolved, "--cacert", &authority]);
        ensure!(curl.head("/", &[]).await?.to_lowercase().contains("strict-transport-security: max-age="), "no HSTS");
        writes_a_letter(&curl).await
    })
    .await;
}

/// As cert-manager leaves it.
fn secret(certified: &Certified) -> Value {
    json!({
        "apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/tls", "metadata": {"name": SECRET},
        "stringData": {"tls.crt": certified.certificate, "tls.key": certified.key},
    })
}

/// What a controller makes of the Ingress: names, certificate, and the way to the Service that it leads to.
async fn as_a_controller_reads_it(cluster: &Cluster) -> Result<(Forward, Site)> {
    let ingress = cluster.api::<Ingress>().get("letters-web").await?.spec.context("an Ingress has a spec")?;
    ensure!(ingress.ingress_class_name.as_deref() == Some("nginx"), "{ingress:?}");
    let tls = ingress.tls.and_then(|tls| tls.into_iter().next()).context("it has a certificate")?;
    let secret = cluster.api::<Secret>().get(&tls.secret_name.context("in a Secret")?).await?;
    let data = secret.data.context("with data")?;
    let text = |key: &str| Ok::<_, anyhow::Error>(String::from_utf8(data.get(key).context("a part")?.0.clone())?);
    let rule = ingress.rules.and_then(|rules| rules.into_iter().next()).context("it has a rule")?;
    let paths = rule.http.context("for HTTP")?.paths;
    ensure!(paths.len() == 1 && paths[0].path.as_deref() == Some("/"), "{paths:?}");
    let service = paths[0].backend.service.clone().context("it leads to a Service")?;
    let port = service.port.and_then(|port| port.number).context("at a port")?;
    let forward = Forward::open(cluster, &service.name, u16::try_from(port)?).await?;
    let (certificate, key) = (text("tls.crt")?, text("tls.key")?);
    let upstream = forward.url().to_owned();
    Ok((forward, Site { names: rule.host.into_iter().collect(), upstream, certificate, key }))
}

async fn writes_a_letter(curl: &Curl) -> Result<()> {
    let registered = curl.body("/auth/register", &["--data", ACCOUNT]).await?;
    ensure!(registered.contains("Created user successfully"), "{registered}");
    let jar = curl.jar();
    let answer = curl.head("/auth/login", &["--data", LOG_IN, "--cookie-jar", &jar]).await?;
    let cookies: Vec<_> = answer.lines().filter(|line| line.to_lowercase().starts_with("set-cookie: ")).collect();
    ensure!(cookies.len() == 2, "{answer}");
    for cookie in cookies {
        ensure!(cookie.contains(" __Host-") && cookie.contains("; Secure"), "{cookie}");
    }
    let token = format!("X-CSRF-TOKEN: {}", curl.cookie("__Host-csrf_access_token")?);
    let fields: Vec<String> = EXAMPLE.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let mut arguments = vec!["--cookie", &jar, "--header", &token];
    arguments.extend(fields.iter().flat_map(|field| ["--form", field]));
    let answer: Value = serde_json::from_str(&curl.body("/model/query", &arguments).await?)?;
    let letter = answer["modelOutput"].as_str().context("the letter is text")?;
    ensure!(is_signed_by(letter, "John"), "{letter}");
    Ok(())
}

//! After one visit the page needs no network; a newer one is offered, and one that is not all there changes nothing.

use crate::server::{Server, Wasm};
use crate::window::{READY, Window, open, visit};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

const LESSON: &str = "#/lesson/losing-the-link?at=5.8s";
const IS_KEPT: &str = "return !!navigator.serviceWorker.controller";

/// A host that is somebody's own to change: a copy of the built page.
struct Host(PathBuf);

impl Host {
    fn new() -> Host {
        static STARTED: AtomicU32 = AtomicU32::new(0);
        let number = STARTED.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("replscope-host-{}-{number}", std::process::id()));
        copy(&Server::dist(), &folder);
        Host(folder)
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.0.join(name)).unwrap()
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.0.join(name), text).unwrap();
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().flatten() {
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() {
            copy(&from, &to);
        } else {
            std::fs::copy(&from, &to).unwrap();
        }
    }
}

/// Opens the page of a host and waits until it is kept.
fn visit_host(host: &Host, address: &str, test: impl AsyncFnOnce(&Window)) {
    open(Server::of(host.0.clone(), Wasm::Serve), (1440, 900), address, &[], async |window| {
        window.until("the program is there", READY).await;
        window.until("the page is kept", IS_KEPT).await;
        test(window).await;
    });
}

async fn is_open(window: &Window, title: &str) {
    let script =
        format!("return document.title.startsWith({}) && !!document.querySelector('[data-ready]')", json!(title));
    window.until(&format!("“{title}” is there"), &script).await;
}

#[test]
fn after_one_visit_it_needs_no_network() {
    visit_host(&Host::new(), LESSON, async |window| {
        window.server.leave();
        window.reload().await;
        is_open(window, "Losing the link").await;
        window.run("document.body.dataset.same = 'yes'").await;
        // The whole program too,
        window.set_hash("#/lab/two-levels").await;
        window.until("the laboratory is there", "return !!document.querySelector('.console input')").await;
        // and every lesson of the course.
        window.set_hash("#/lesson/the-empty-master").await;
        is_open(window, "The empty master").await;
        assert_eq!(window.text("return document.body.dataset.same").await, "yes", "it was not loaded again");
        // Opened anew, in the embedded form, and by the file's name.
        for address in ["#/", "?embed&theme=dark#/lesson/losing-the-link", "index.html#/lesson/chains"] {
            window.client.goto("about:blank").await.unwrap();
            window.client.goto(&format!("{}{address}", window.server.base)).await.unwrap();
            window.until(&format!("{address} is there"), READY).await;
        }
        window.set_hash("#/").await;
        let pictures = "return document.querySelectorAll('.lesson svg').length > 4";
        window.until("the start page has its pictures", pictures).await;
    });
}

/// A page that says which version it is, and a worker for it.
async fn newer(window: &Window, host: &Host, version: &str) -> (String, String) {
    let index = host.read("index.html").replacen("<html", &format!("<html data-version=\"{version}\""), 1);
    let digest = "const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(given)); \
                  return btoa(String.fromCharCode(...new Uint8Array(bytes)))";
    let digest = window.run_async(digest, json!(index)).await;
    let worker: String = host
        .read("service-worker.js")
        .lines()
        .map(|line| match line {
            line if line.contains("[\"index.html\"") => {
                format!("  [\"index.html\", \"sha256-{}\"],\n", digest.as_str().unwrap())
            }
            line if line.starts_with("const VERSION") => format!("const VERSION = \"{version}\";\n"),
            line => format!("{line}\n"),
        })
        .collect();
    (index, worker)
}

/// Has the browser look for a newer worker, and waits until that is kept or has failed.
async fn look_for_newer(window: &Window) -> String {
    let look = "const registration = await navigator.serviceWorker.getRegistration(); \
                await registration.update(); \
                const found = registration.installing ?? registration.waiting; \
                if (!found) return 'none'; \
                while (found.state === 'installing') await new Promise(later => setTimeout(later, 20)); \
                return found.state";
    window.run_async(look, Value::Null).await.as_str().unwrap().to_owned()
}

const VERSION: &str = "return document.documentElement.dataset.version ?? 'first'";
const OFFERED: &str = "return document.querySelector('.banner')?.innerText.includes('new version') ?? false";

#[test]
fn a_newer_page_is_offered_and_comes_when_it_is_asked_for() {
    let host = Host::new();
    visit_host(&host, LESSON, async |window| {
        assert_eq!(window.run(OFFERED).await, false);
        let (index, worker) = newer(window, &host, "second").await;
        host.write("index.html", &index);
        host.write("service-worker.js", &worker);
        assert_eq!(look_for_newer(window).await, "installed");
        window.until("it is offered", OFFERED).await;
        // Nothing is forced: even a reload stays with the page that was there.
        window.reload().await;
        assert_eq!(window.text(VERSION).await, "first");
        window.until("it is offered still", OFFERED).await;
        window.run("window.isOld = true").await;
        window.click(".banner [aria-label=Reload]").await;
        window.until("it is loaded again", READY).await;
        assert_eq!(window.text(VERSION).await, "second");
        // At the same moment.
        is_open(window, "Losing the link").await;
        assert_eq!(window.text("return location.hash").await, LESSON);
        assert_eq!(window.run(OFFERED).await, false);
        window.server.leave();
        window.reload().await;
        assert_eq!(window.text(VERSION).await, "second");
    });
}

#[test]
fn a_host_that_is_only_half_new_breaks_nothing() {
    let host = Host::new();
    visit_host(&host, LESSON, async |window| {
        let kept = "return (await caches.keys()).join()";
        let before = window.run_async(kept, Value::Null).await;
        // The worker is there before the page that it speaks of.
        let (index, worker) = newer(window, &host, "second").await;
        host.write("service-worker.js", &worker);
        assert_eq!(look_for_newer(window).await, "redundant");
        assert_eq!(window.run(OFFERED).await, false);
        assert_eq!(window.run_async(kept, Value::Null).await, before, "nothing is left of it");
        // A page alone changes nothing either.
        host.write("index.html", &index);
        window.reload().await;
        assert_eq!(window.text(VERSION).await, "first");
        // Nor does a file that is not there yet.
        let more = worker.replace("const FILES = [", "const FILES = [[\"later.js\", \"sha256-AAAA\"],");
        host.write("service-worker.js", &more.replace("\"second\"", "\"third\""));
        assert_eq!(look_for_newer(window).await, "redundant");
        window.server.leave();
        window.reload().await;
        assert_eq!(window.text(VERSION).await, "first");
        window.set_hash("#/lab/two-levels").await;
        window.until("the laboratory is there", "return !!document.querySelector('.console input')").await;
    });
}

#[test]
fn a_page_within_a_page_keeps_nothing() {
    open(Server::start(Wasm::Serve), (720, 440), "?embed#/lesson/losing-the-link", &[], async |window| {
        window.until("the program is there", READY).await;
        let kept = "return (await navigator.serviceWorker.getRegistrations()).length + (await caches.keys()).length";
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        assert_eq!(window.run_async(kept, Value::Null).await, 0);
        window.nothing_went_wrong().await;
    });
}

/// What a browser asks of a page before it offers to install it.
#[test]
fn it_can_be_installed() {
    open(Server::start(Wasm::Serve), (1440, 900), "#/", &[], async |window| {
        window.until("the program is there", READY).await;
        let body = "const link = document.querySelector('link[rel=manifest]'); \
                    const manifest = await (await fetch(link.href)).json(); \
                    for (const icon of manifest.icons) { \
                        const bitmap = await createImageBitmap(await (await fetch(new URL(icon.src, link.href))).blob()); \
                        if (`${bitmap.width}x${bitmap.height}` !== icon.sizes) return `${icon.src} is ${bitmap.width} wide`; \
                    } \
                    const within = address => new URL(address, link.href).href.startsWith(given); \
                    if (![manifest.start_url, manifest.scope, manifest.file_handlers[0].action].every(within)) return 'it leads away'; \
                    return [manifest.display, ...manifest.icons.map(icon => icon.sizes + (icon.purpose ?? ''))].join()";
        let found = window.run_async(body, json!(window.server.base)).await;
        assert_eq!(found, "standalone,192x192,512x512,512x512maskable");
        window.nothing_went_wrong().await;
    });
}

/// What the script for installed pages does with a file that the system opens (`xtask/src/offline.js`).
const OPENED: &str = "const page = window.wrappedJSObject ?? window; \
    page.replscopeFile = new page.File([given], 'mine.replscope'); \
    page.dispatchEvent(new page.Event('replscope-file')); return true";

#[test]
fn a_file_that_the_system_opens_is_shown() {
    let lesson = "title Mine\nsummary None.\nnode a 6379\nnode b 6380 replicaof a\nend 3s\n";
    visit((1440, 900), "#/", Wasm::Serve, async |window| {
        assert_eq!(window.run_async(OPENED, json!(lesson)).await, true);
        window.until("the lesson is there", "return document.title.startsWith('Mine')").await;
        assert_eq!(window.number("return document.querySelectorAll('.stage .card').length").await, 2.0);
    });
}

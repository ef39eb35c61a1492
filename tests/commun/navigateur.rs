//! A real Chromium without a window, driven over its pipe (DevTools protocol): no port, no driver to install, and
//! what it asks for and complains of comes back as events.

use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;
use tempfile::TempDir;

/// Longest wait for an answer.
const PATIENCE: Duration = Duration::from_mins(1);

pub struct Navigateur {
    processus: Child,
    entree: ChildStdin,
    messages: Receiver<Value>,
    suivant: u64,
    session: String,
    /// What came while an answer was waited for.
    evenements: Vec<Value>,
    _profil: TempDir,
}

impl Navigateur {
    /// A browser on an empty page. None, said aloud, if the machine has no Chromium; where CI runs that is a failure.
    pub fn ouvrir() -> Option<Self> {
        let Some(programme) =
            ["/usr/bin/chromium", "/usr/bin/chromium-browser"].into_iter().find(|p| Path::new(p).exists())
        else {
            assert!(std::env::var_os("CI").is_none(), "chromium n’est pas installé : .ci/run l’installe");
            eprintln!("SAUTÉ : chromium n’est pas installé, le tableau de bord n’est pas ouvert");
            return None;
        };
        let profil = tempfile::tempdir().unwrap();
        // The browser reads its commands on descriptor 3 and answers on 4: our ends of its two pipes.
        let mut processus = Command::new("sh")
            .args(["-c", "exec \"$0\" \"$@\" 3<&0 4>&1 </dev/null >/dev/null", programme])
            .args(["--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe"])
            .args(["--hide-scrollbars", "--no-first-run", "--disable-dev-shm-usage", "--lang=fr"])
            .arg(format!("--user-data-dir={}", profil.path().display()))
            .arg("about:blank")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let entree = processus.stdin.take().unwrap();
        let sortie = processus.stdout.take().unwrap();
        let (envoyer, messages) = channel();
        std::thread::spawn(move || {
            for message in BufReader::new(sortie).split(0).map_while(Result::ok) {
                if envoyer.send(serde_json::from_slice(&message).unwrap()).is_err() {
                    break;
                }
            }
        });
        let mut navigateur = Self {
            processus,
            entree,
            messages,
            suivant: 0,
            session: String::new(),
            evenements: Vec::new(),
            _profil: profil,
        };
        let cible = navigateur.commande("Target.createTarget", &json!({ "url": "about:blank" }));
        let attache = json!({ "targetId": cible["targetId"], "flatten": true });
        let attache = navigateur.commande("Target.attachToTarget", &attache);
        attache["sessionId"].as_str().unwrap().clone_into(&mut navigateur.session);
        for domaine in ["Page", "Runtime", "Log", "Network"] {
            navigateur.commande(&format!("{domaine}.enable"), &json!({}));
        }
        Some(navigateur)
    }

    /// Sends a command and gives its answer; events that come meanwhile are kept.
    pub fn commande(&mut self, methode: &str, parametres: &Value) -> Value {
        self.suivant += 1;
        let mut message = json!({ "id": self.suivant, "method": methode, "params": parametres });
        if !self.session.is_empty() {
            message["sessionId"] = json!(self.session);
        }
        let mut octets = serde_json::to_vec(&message).unwrap();
        octets.push(0);
        self.entree.write_all(&octets).unwrap();
        loop {
            let recu =
                self.messages.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("{methode} : sans réponse"));
            if recu["id"] == json!(self.suivant) {
                assert!(recu["error"].is_null(), "{methode} : {}", recu["error"]);
                return recu["result"].clone();
            }
            self.evenements.push(recu);
        }
    }

    /// Opens an address and waits for its end.
    pub fn aller(&mut self, adresse: &str) {
        // From elsewhere, so that another fragment of the same page is a new page.
        for adresse in ["about:blank", adresse] {
            self.evenements.retain(|e| e["method"] != "Page.loadEventFired");
            self.commande("Page.navigate", &json!({ "url": adresse }));
            while !self.evenements.iter().any(|e| e["method"] == "Page.loadEventFired") {
                let recu = self.messages.recv_timeout(PATIENCE).expect("la page ne s’ouvre pas");
                self.evenements.push(recu);
            }
        }
    }

    /// The value of an expression, promises waited for.
    pub fn evaluer(&mut self, expression: &str) -> Value {
        let demande = json!({ "expression": expression, "awaitPromise": true, "returnByValue": true });
        let reponse = self.commande("Runtime.evaluate", &demande);
        assert!(reponse["exceptionDetails"].is_null(), "{expression}\n{}", reponse["exceptionDetails"]);
        reponse["result"]["value"].clone()
    }

    pub fn texte(&mut self, selecteur: &str) -> String {
        let valeur = self.evaluer(&format!("document.querySelector({selecteur:?})?.textContent ?? null"));
        let texte = valeur.as_str().unwrap_or_else(|| panic!("rien pour {selecteur}"));
        texte.replace(['\u{a0}', '\u{202f}'], " ")
    }

    pub fn textes(&mut self, selecteur: &str) -> Vec<String> {
        let valeur =
            self.evaluer(&format!("[...document.querySelectorAll({selecteur:?})].map(e => e.textContent)"));
        let textes = valeur.as_array().unwrap().iter();
        textes.map(|t| t.as_str().unwrap().replace(['\u{a0}', '\u{202f}'], " ")).collect()
    }

    /// A click of the mouse in the middle of an element.
    pub fn cliquer(&mut self, selecteur: &str) {
        let milieu = self.evaluer(&format!(
            "(() => {{ const e = document.querySelector({selecteur:?}); e.scrollIntoView({{ block: 'center' }});
               const b = e.getBoundingClientRect(); return [b.x + b.width / 2, b.y + b.height / 2]; }})()"
        ));
        for genre in ["mousePressed", "mouseReleased"] {
            let souris =
                json!({ "type": genre, "x": milieu[0], "y": milieu[1], "button": "left", "clickCount": 1 });
            self.commande("Input.dispatchMouseEvent", &souris);
        }
    }

    /// A key of the keyboard: `Enter`, `Tab`, `ArrowDown`…
    pub fn touche(&mut self, nom: &str) {
        let code = match nom {
            "Enter" => 13,
            "Tab" => 9,
            "Escape" => 27,
            "ArrowLeft" => 37,
            "ArrowUp" => 38,
            "ArrowRight" => 39,
            "ArrowDown" => 40,
            autre => panic!("touche {autre}"),
        };
        let texte = if nom == "Enter" { "\r" } else { "" };
        for genre in ["keyDown", "keyUp"] {
            let mut touche = json!({ "type": genre, "key": nom, "code": nom, "windowsVirtualKeyCode": code });
            if genre == "keyDown" && !texte.is_empty() {
                touche["text"] = json!(texte);
            }
            self.commande("Input.dispatchKeyEvent", &touche);
        }
    }

    /// Types a text where the focus is.
    pub fn taper(&mut self, texte: &str) {
        self.commande("Input.insertText", &json!({ "text": texte }));
    }

    /// Chooses an option of a list, as a person does: the page hears of it.
    pub fn choisir(&mut self, selecteur: &str, valeur: &str) {
        self.evaluer(&format!(
            "(() => {{ const e = document.querySelector({selecteur:?}); e.value = {valeur:?};
               e.dispatchEvent(new Event('input', {{ bubbles: true }})); e.dispatchEvent(new Event('change', {{ bubbles: true }})); }})()"
        ));
    }

    /// Files that the page gives go into that folder.
    pub fn telecharger_dans(&mut self, dossier: &Path) {
        let chemin = json!({ "behavior": "allow", "downloadPath": dossier });
        self.commande("Page.setDownloadBehavior", &chemin);
    }

    pub fn taille(&mut self, largeur: u32, hauteur: u32) {
        let ecran =
            json!({ "width": largeur, "height": hauteur, "deviceScaleFactor": 1, "mobile": largeur < 500 });
        self.commande("Emulation.setDeviceMetricsOverride", &ecran);
    }

    /// `light` or `dark`.
    pub fn theme(&mut self, theme: &str) {
        let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": theme }] });
        self.commande("Emulation.setEmulatedMedia", &media);
    }

    /// What went wrong or went out since the browser opened: errors of the console, refusals of the policy, and
    /// requests to anywhere but the files of the report.
    pub fn incidents(&mut self) -> Vec<String> {
        // An answer comes behind all events before it.
        self.commande("Runtime.evaluate", &json!({ "expression": "1" }));
        let incident = |e: &Value| {
            let p = &e["params"];
            match e["method"].as_str().unwrap_or_default() {
                "Runtime.exceptionThrown" => Some(format!("exception : {}", p["exceptionDetails"])),
                "Log.entryAdded" => Some(format!("console : {}", p["entry"])),
                "Runtime.consoleAPICalled" => Some(format!("console : {}", p["args"])),
                "Page.javascriptDialogOpening" => Some(format!("dialogue : {}", p["message"])),
                "Network.requestWillBeSent" => {
                    let adresse = p["request"]["url"].as_str().unwrap_or_default();
                    let dedans =
                        ["file:", "data:", "blob:", "about:"].iter().any(|debut| adresse.starts_with(debut));
                    (!dedans).then(|| format!("requête : {adresse}"))
                }
                _ => None,
            }
        };
        self.evenements.iter().filter_map(incident).collect()
    }
}

impl Drop for Navigateur {
    fn drop(&mut self) {
        let _ = self.processus.kill();
        let _ = self.processus.wait();
    }
}

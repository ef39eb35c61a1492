# Les commandes du projet. « just » seul les énumère.

_liste:
    @just --list --unsorted

# Lance l'observatoire de la démonstration, ou d'un autre pipeline : just observatoire pipelines/mon-territoire.toml
observatoire pipeline="pipelines/demo.toml" *options:
    #!/usr/bin/env sh
    set -u
    cargo build --locked --quiet || exit 1
    ./target/debug/observatoire lancer {{ pipeline }} {{ options }}
    code=$?
    # 2 : le rapport est écrit et dit lui-même ce qui y manque ; ce n'est pas un échec de la commande.
    if [ "$code" -eq 2 ]; then exit 0; fi
    exit "$code"

# Écrit le premier jet d'un pipeline d'après un dossier de fichiers : just init data/mon-territoire 200072882
init dossier epci:
    cargo run --locked --quiet -- init {{ dossier }} --epci {{ epci }}

# Lit et vérifie tout, sans écrire le rapport
verifier pipeline:
    #!/usr/bin/env sh
    cargo run --locked --quiet -- verifier {{ pipeline }}
    code=$?
    if [ "$code" -eq 2 ]; then exit 0; fi
    exit "$code"

# Remplit le cache des données publiques d'un pipeline : just recuperer pipelines/x.toml, ou avec --depuis <dossier>
recuperer pipeline *options:
    #!/usr/bin/env sh
    cargo run --locked --quiet -- recuperer {{ pipeline }} {{ options }}
    code=$?
    if [ "$code" -eq 2 ]; then exit 0; fi
    exit "$code"

# Passe tous les tests
test:
    cargo test --locked

# Met en forme et vérifie le code
verifier-code:
    cargo fmt --check
    cargo clippy --locked --all-targets -- -D warnings

# Fabrique de nouveau la démonstration
demo:
    cargo run --locked --quiet -- simuler --graine 2024 data/demo

# Fait de nouveau les images du README, d'après la démonstration (pdftoppm, de poppler, pour les pages)
galerie: observatoire
    cargo test --locked --lib apercu -- --ignored
    pdftoppm -r 65 -f 1 -l 1 -singlefile -png reports/demo/2024/public/fiches/96013-*.pdf reports/templates/apercu/fiche
    pdftoppm -r 63 -f 5 -l 5 -singlefile -png reports/demo/2024/public/diaporama.pdf reports/templates/apercu/diapositive

# Accepte les textes et tableaux de référence des tests
benir:
    INSTA_UPDATE=always cargo test --locked

# Fabrique le programme entièrement optimisé : target/release/observatoire
release:
    cargo build --locked --release

# Les commandes du projet. « just » seul les énumère.

_liste:
    @just --list --unsorted

# Lance l'observatoire de la démonstration, ou d'un autre pipeline : just observatoire pipelines/mon-territoire.toml
[positional-arguments]
observatoire pipeline="pipelines/demo.toml" *options:
    #!/usr/bin/env sh
    set -u
    cargo build --locked --quiet || exit 1
    ./target/debug/observatoire lancer "$@"
    code=$?
    # 2 : le rapport est écrit et dit lui-même ce qui y manque ; ce n'est pas un échec de la commande.
    if [ "$code" -eq 2 ]; then exit 0; fi
    exit "$code"

# Comme l'écran le dit : « observatoire lancer … »
alias lancer := observatoire

# Écrit le premier jet d'un pipeline d'après un dossier de fichiers : just init data/mon-territoire 200072882
[positional-arguments]
init dossier epci *options:
    #!/usr/bin/env sh
    dossier=$1
    epci=$2
    shift 2
    cargo run --locked --quiet -- init "$dossier" --epci "$epci" "$@"

# Lit et vérifie tout, sans écrire le rapport
[positional-arguments]
verifier pipeline *options:
    #!/usr/bin/env sh
    cargo run --locked --quiet -- verifier "$@"
    code=$?
    if [ "$code" -eq 2 ]; then exit 0; fi
    exit "$code"

# Remplit le cache des données publiques d'un pipeline : just recuperer pipelines/x.toml, ou avec --depuis <dossier>
[positional-arguments]
recuperer pipeline *options:
    #!/usr/bin/env sh
    cargo run --locked --quiet -- recuperer "$@"
    code=$?
    if [ "$code" -eq 2 ]; then exit 0; fi
    exit "$code"

# Ébauche la déclaration d'un questionnaire : just questionnaire data/mon-territoire/enquete.xlsx --nom parents_2024
[positional-arguments]
questionnaire fichier *options:
    @cargo run --locked --quiet -- questionnaire "$@"

# Étudie un projet d'accueil : just etude pipelines/x.toml --commune "La Genétouze" --type mam --places 8
[positional-arguments]
etude pipeline *options:
    #!/usr/bin/env sh
    cargo run --locked --quiet -- etude "$@"
    code=$?
    if [ "$code" -eq 2 ]; then exit 0; fi
    exit "$code"

# Dit d'où vient un chiffre : just expliquer taux_activite --commune Montfrelon
[positional-arguments]
expliquer indicateur *options:
    @cargo run --locked --quiet -- expliquer "$@"

# Énumère les indicateurs, leurs définitions et leurs formules
[positional-arguments]
catalogue *options:
    @cargo run --locked --quiet -- catalogue "$@"

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

# Fabrique le programme entièrement optimisé, target/release/observatoire, et dit ce qu'il pèse et de quoi il est fait
release:
    #!/usr/bin/env sh
    set -eu
    CARGO_INCREMENTAL=0 cargo build --locked --release --features distribution
    programme=target/release/observatoire
    echo "$programme : $(($(wc -c < $programme) / 1000000)) Mo, empreinte $(sha256sum $programme | cut -c 1-64)"
    echo "$(cargo tree --locked --features distribution --edges normal --prefix none | sed 's/ (.*$//' | sort -u | wc -l) paquets"

# Contrôle ce dont le programme est fait : licences, origines, dépendances inutiles (prend cargo-deny et cargo-machete)
chaine:
    command -v cargo-deny > /dev/null || cargo install --locked cargo-deny
    command -v cargo-machete > /dev/null || cargo install --locked cargo-machete
    cargo deny --locked check licenses bans sources
    cargo machete

# Mesure les parties, puis des lancements entiers à côté de pandas et de DuckDB : just bench 15 150 900
bench *communes="15 150 900":
    cargo build --locked --release --features distribution
    cargo bench --locked --bench parties
    test -x target/peers-venv/bin/python || python3 -m venv target/peers-venv
    target/peers-venv/bin/pip install --quiet --requirement benches/peers/requirements.txt
    python3 benches/echelle.py --pairs {{ communes }}

#!/bin/sh
# Coverage counters for the crates that read, none for the others.
nom=
avant=
for mot in "$@"; do
    [ "$avant" = --crate-name ] && nom=$mot
    avant=$mot
done
case $nom in
    observatoire|calamine|chardetng|geojson|lecture|declares|valeurs|noms|toml|toml_edit|csv|csv_core)
        exec "$@" -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
            -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
            -Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1 --cfg fuzzing -Cdebug-assertions ;;
    *) exec "$@" ;;
esac

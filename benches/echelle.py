"""Cost against size: simulated territories, each run whole, with its peak memory and its stages.

    python3 benches/echelle.py [--pairs] [--tours N] [--livrables L] 15 150 900 ...

Territories are made once, in target/echelle/. With --pairs, the scripts of benches/peers/ run on the same files and every
figure that they give must be ours. Nothing but the standard library (the peers have their own environment).
"""

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path

RACINE = Path(__file__).resolve().parent.parent
PROGRAMME = RACINE / "target/release/observatoire"
PYTHON = RACINE / "target/peers-venv/bin/python"
AM_PAR_COMMUNE = 300_000 / 34_900


def territoire(communes: int) -> Path:
    """The folder of a territory of that size, ten lists of agréments long."""
    dossier = RACINE / f"target/echelle/{communes}"
    if not (dossier / "pipelines/pays.toml").is_file():
        am = round(communes * AM_PAR_COMMUNE)
        parametres = ["--communes", str(communes), "--am", str(am), "--annees", "10", "--graine", "1"]
        subprocess.run([PROGRAMME, "simuler", *parametres, dossier], check=True, stdout=sys.stderr)
    return dossier


def mesurer(commande: list, codes: tuple[int, ...] = (0,)) -> tuple[float, float, int]:
    """Seconds on the clock, seconds of processor, MB at most."""
    depart = time.monotonic()
    processus = os.posix_spawn(commande[0], [str(mot) for mot in commande], os.environ)
    _, statut, ressources = os.wait4(processus, 0)
    duree = time.monotonic() - depart
    if (code := os.waitstatus_to_exitcode(statut)) not in codes:
        sys.exit(f"{' '.join(map(str, commande))} : code {code}")
    return duree, ressources.ru_utime + ressources.ru_stime, round(ressources.ru_maxrss / 1000)


def median(mesures: list) -> tuple:
    return sorted(mesures)[len(mesures) // 2]


def ligne(nom: str, mesure: tuple, reste: str = "") -> None:
    duree, processeur, memoire = mesure
    print(f"| {nom} | {duree:.2f} s | {processeur:.2f} s | {memoire} MB | {reste} |", flush=True)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("communes", type=int, nargs="+")
    arguments.add_argument("--pairs", action="store_true", help="pandas and DuckDB too")
    arguments.add_argument("--tours", type=int, default=3, help="runs, of which the median is shown")
    arguments.add_argument("--livrables", default="indicateurs,geojson", help="« tous » for all of them")
    choix = arguments.parse_args()
    livrables = [] if choix.livrables == "tous" else ["--livrables", choix.livrables]
    print("| what | time | processor | memory | stages |\n|---|---|---|---|---|")
    for communes in choix.communes:
        dossier = territoire(communes)
        commande = [PROGRAMME, "lancer", dossier / "pipelines/pays.toml", "--silencieux", *livrables]
        # 2: the report is written, and some rows of the files were rejected, as they must be.
        mesure = median([mesurer([*commande, "--tout-refaire"], (0, 2)) for _ in range(choix.tours)])
        rapport = dossier / "reports/pays/2024"
        journal = json.loads((rapport / "journal.json").read_text())
        etapes = ", ".join(f"{e['nom']} {e['duree_ms'] / 1000:.2f} s" for e in journal["etapes"] if e["duree_ms"] > 20)
        chiffres = sum(journal["chiffres"].values())
        ligne(f"{communes} communes, {chiffres:,} figures".replace(",", " "), mesure, etapes)
        ligne("the same, then one birth more", median(list(retoucher(dossier, commande, choix.tours))))
        if choix.pairs:
            comparer(communes, dossier, rapport, choix.tours)


def retoucher(dossier: Path, commande: list, tours: int):
    """Runs after one figure of one file was changed, each from the report of the one before; the file is put back."""
    naissances = dossier / "data/insee/naissances.csv"
    avant = naissances.read_bytes()
    try:
        for _ in range(tours):
            entete, premiere, reste = naissances.read_bytes().split(b"\r\n", 2)
            debut, derniere = premiere.rsplit(b";", 1)
            naissances.write_bytes(b"\r\n".join([entete, b"%s;%d" % (debut, int(derniere) + 1), reste]))
            yield mesurer(commande, (0, 2))
    finally:
        naissances.write_bytes(avant)
        mesurer(commande, (0, 2))


def comparer(communes: int, dossier: Path, rapport: Path, tours: int) -> None:
    """The same indicators with pandas and DuckDB; stops if a figure differs."""
    pairs = RACINE / "benches/peers"
    for nom in ("pandas", "duckdb"):
        commande = [PYTHON, pairs / f"{nom}_observatoire.py", dossier, dossier / nom]
        ligne(f"{communes} communes, {nom}", median([mesurer(commande) for _ in range(tours)]))
    subprocess.run([PYTHON, pairs / "comparer.py", rapport, dossier / "pandas", dossier / "duckdb"], check=True, stdout=sys.stderr)


if __name__ == "__main__":
    main()

"""The core indicators of a simulated territory, with DuckDB: the queries are in duckdb_observatoire.sql.

Usage: python duckdb_observatoire.py <dossier> <sortie>

`dossier` is what `observatoire simuler --communes N` writes. The rules are those of `observatoire catalogue`.
"""

import time

DEBUT = time.perf_counter()  # before the library: loading it is a part of what a run costs

import argparse
import re
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

TITRES_PMI = 3
TITRES_STRUCTURES = 2


class Atelier:
    """A connection, and the parts of the script that run on it."""

    def __init__(self, script: Path) -> None:
        morceaux = re.split(r"^-- partie: (\w+)$", script.read_text(encoding="utf-8"), flags=re.MULTILINE)
        self.parties = dict(zip(morceaux[1::2], morceaux[2::2]))
        self.connexion = duckdb.connect()

    def executer(self, partie: str, **valeurs: object) -> None:
        requete = self.parties[partie]
        for nom, valeur in valeurs.items():
            requete = requete.replace(f"${nom}", str(valeur))
        self.connexion.execute(requete)

    def ouvrir(self, lecture: str) -> None:
        """What the next part will see as `fichier`."""
        self.connexion.execute(f"CREATE OR REPLACE TEMP VIEW fichier AS SELECT * FROM {lecture}")


def csv(chemin: Path, titres: int = 0) -> str:
    """Every cell of a UTF-8 file as text, with a byte order mark or without."""
    return f"read_csv('{chemin}', delim = ';', header = true, skip = {titres}, all_varchar = true)"


def en_utf8(chemin: Path, dossier: Path) -> Path:
    """The file itself where a byte order mark says UTF-8; otherwise a copy of it, from cp1252.

    DuckDB reads cp1252 with an extension that is downloaded apart; its own Latin-1 refuses the dash of a title.
    """
    octets = chemin.read_bytes()
    if octets.startswith(b"\xef\xbb\xbf"):
        return chemin
    copie = dossier / chemin.name
    copie.write_text(octets.decode("cp1252"), encoding="utf-8", newline="")
    return copie


def lire(atelier: Atelier, donnees: Path, copies: Path) -> None:
    """Reads and cleans every file into a table."""
    atelier.executer("tables")
    atelier.ouvrir(csv(donnees / "territoire/communes.csv"))
    atelier.executer("communes")
    for chemin in sorted((donnees / "pmi").glob("agrements_*")):
        parquet = chemin.suffix == ".parquet"
        atelier.ouvrir(f"read_parquet('{chemin}')" if parquet else csv(en_utf8(chemin, copies), TITRES_PMI))
        atelier.executer("agrements", annee=int(chemin.stem.split("_")[1][:4]))
    atelier.ouvrir(csv(en_utf8(donnees / "structures/structures.csv", copies), TITRES_STRUCTURES))
    atelier.executer("structures")
    for chemin in sorted((donnees / "caf").glob("imaje_*.csv")):
        atelier.ouvrir(csv(en_utf8(chemin, copies)))
        atelier.executer("imaje", annee=int(chemin.stem[-4:]))
    atelier.ouvrir(csv(donnees / "insee/naissances.csv"))
    atelier.executer("naissances")


def ecrire(atelier: Atelier, contours: Path, sortie: Path) -> None:
    """Writes the figures, and the contours with those of the last year."""
    # The whole collection is one object of JSON, as large as its file.
    taille = contours.stat().st_size + 1
    options = f"format = 'unstructured', columns = {{features: 'JSON[]'}}, maximum_object_size = {taille}"
    atelier.ouvrir(f"read_json('{contours}', {options})")
    atelier.executer("ecriture", sortie=sortie)


@contextmanager
def etape(durees: dict[str, float], nom: str) -> Iterator[None]:
    debut = time.perf_counter()
    yield
    durees[nom] = time.perf_counter() - debut


def main() -> None:
    durees = {"import": time.perf_counter() - DEBUT}
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("dossier", type=Path)
    arguments.add_argument("sortie", type=Path)
    choix = arguments.parse_args()
    choix.sortie.mkdir(parents=True, exist_ok=True)
    donnees = choix.dossier / "data"

    with etape(durees, "lecture"), TemporaryDirectory() as copies:
        atelier = Atelier(Path(__file__).with_suffix(".sql"))
        lire(atelier, donnees, Path(copies))
    with etape(durees, "calcul"):
        atelier.executer("calcul")
    with etape(durees, "ecriture"):
        ecrire(atelier, donnees / "territoire/contours.geojson", choix.sortie)
    durees["total"] = time.perf_counter() - DEBUT
    memoire = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print("duckdb : " + ", ".join(f"{nom} {d:.2f} s" for nom, d in durees.items()) + f", mémoire {memoire:.0f} Mo")


if __name__ == "__main__":
    main()

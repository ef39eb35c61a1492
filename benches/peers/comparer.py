"""Checks that the figures of pandas and of DuckDB are those of observatoire.

Usage: python comparer.py <dossier-du-rapport> <sortie-pandas> <sortie-duckdb>

`dossier-du-rapport` is for instance reports/pays/2024. In both directions, so that nothing can pass by being
absent: every figure of a peer must be in our table with the same value, and every figure that our table has of
these indicators must be given by each peer. Ends with 1 and the first differences, otherwise with 0.
"""

import argparse
import json
import sys
from pathlib import Path

import pandas as pd

INDICATEURS = [
    "am_agrees",
    "am_places",
    "mam_places",
    "eaje_places",
    "places_total",
    "naissances",
    "enfants_0_2",
    "am_actifs",
    "taux_activite",
    "places_pour_100",
    "part_55_plus",
    "age_median",
    "am_arrivees",
    "am_departs",
]
CLE = ["code", "annee", "indicateur"]
# Published values have one decimal: what is left is the noise of binary fractions.
TOLERANCE = 1e-6
DIFFERENCES_MONTREES = 10


def lire_le_rapport(rapport: Path) -> pd.DataFrame:
    """Our known figures of communes and territory, in the years that a list of agréments covers.

    Births are compared for every year. Before the first list we give places and children too, as estimates.
    """
    table = pd.read_parquet(rapport / "interne/indicateurs.parquet")
    table = table[table["niveau"].isin(["commune", "territoire"]) & table["modalite"].eq("")]
    table = table[table["indicateur"].isin(INDICATEURS) & table["valeur"].notna()]
    avec_liste = table.loc[table["indicateur"].eq("am_agrees"), "annee"].unique()
    table = table[table["annee"].isin(avec_liste) | table["indicateur"].eq("naissances")]
    return table.set_index(CLE)[["niveau", "valeur"]]


def lire_une_sortie(sortie: Path) -> pd.Series:
    table = pd.read_parquet(sortie / "indicateurs.parquet")
    return table[table["valeur"].notna()].set_index(CLE)["valeur"]


def lire_la_carte(chemin: Path, annee: int) -> pd.Series:
    """The figures in the properties of the contours, with the same key as the table."""
    contours = json.loads(chemin.read_text(encoding="utf-8"))["features"]
    # A commune without its contour has no figure on the map.
    proprietes = pd.DataFrame([contour["properties"] for contour in contours if contour["geometry"]])
    longues = proprietes.reindex(columns=["code", *INDICATEURS])
    longues = longues.melt("code", var_name="indicateur", value_name="valeur")
    return longues.assign(annee=annee).dropna(subset="valeur").set_index(CLE)["valeur"].astype(float)


def comparer(nom: str, nous: pd.Series, autre: pd.Series) -> int:
    """Prints what was compared and the first differences; gives the number of differences."""
    for qui, serie in [("observatoire", nous), (nom, autre)]:
        if not serie.index.is_unique:
            print(f"{nom} : {qui} donne deux fois le même chiffre")
            return 1
    paires = pd.DataFrame({"observatoire": nous, "autre": autre})
    differentes = paires[~((paires["observatoire"] - paires["autre"]).abs() < TOLERANCE)]
    egales = paires.drop(differentes.index).index.get_level_values("indicateur").value_counts()
    vides = [indicateur for indicateur in INDICATEURS if indicateur not in egales]
    egaux = len(paires) - len(differentes)
    print(f"{nom} : {len(paires)} chiffres comparés, {egaux} égaux, {len(differentes)} différents")
    if vides:
        print(f"  aucun chiffre égal pour {', '.join(vides)}")
    if len(differentes):
        montrees = differentes.head(DIFFERENCES_MONTREES).rename(columns={"autre": nom})
        print(montrees.to_string(na_rep="absent"))
    # Nothing compared is not success: an indicator that no figure confirms counts as a difference.
    return len(differentes) + len(vides)


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("rapport", type=Path)
    arguments.add_argument("pandas", type=Path)
    arguments.add_argument("duckdb", type=Path)
    choix = arguments.parse_args()
    nous = lire_le_rapport(choix.rapport)
    if nous.empty:
        print(f"{choix.rapport} : aucun chiffre à comparer")
        return 1
    # The peers put every figure of the last year on their map; ours has only the public ones.
    annee = nous.index.get_level_values("annee").max()
    derniers = nous[nous["niveau"].eq("commune") & (nous.index.get_level_values("annee") == annee)]
    differences = 0
    for nom, sortie in [("pandas", choix.pandas), ("duckdb", choix.duckdb)]:
        differences += comparer(nom, nous["valeur"], lire_une_sortie(sortie))
        carte = lire_la_carte(sortie / "communes.geojson", annee)
        differences += comparer(f"{nom}, carte", derniers["valeur"], carte)
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())

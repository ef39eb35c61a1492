"""The core indicators of a simulated territory, with pandas and geopandas.

Usage: python pandas_observatoire.py <dossier> <sortie> [--carte]

`dossier` is what `observatoire simuler --communes N` writes. The rules are those of `observatoire catalogue`.
"""

import time

DEBUT = time.perf_counter()  # before the libraries: loading them is a part of what a run costs

import argparse
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

# What the columns of a list are called, without accents nor capitals.
COLONNES = {
    "nom": "nom de naissance",
    "prenom": "prenom",
    "naissance": r"date de naissance|ne\(e\) le",
    "commune": "commune( d'exercice)?",
    "capacite": "capacite( d'accueil)?",
    "debut": "date (d')?agrement",
    "fin": "date (de )?fin (d')?agrement",
    "exercice": "(lieu d')?exercice",
}
DATES = ["naissance", "debut", "fin"]
PERSONNE = ["nom", "prenom", "naissance"]
TITRES_PMI = 3
TITRES_STRUCTURES = 2


def lire_csv(chemin: Path, titres: int = 0, sans_marque: str = "cp1252") -> pd.DataFrame:
    """Every cell as text; UTF-8 where a byte order mark says so, otherwise `sans_marque`."""
    with chemin.open("rb") as fichier:
        encodage = "utf-8-sig" if fichier.read(3) == b"\xef\xbb\xbf" else sans_marque
    return pd.read_csv(chemin, sep=";", dtype=str, skiprows=titres, encoding=encodage)


def sans_accents(textes: pd.Series) -> pd.Series:
    return textes.str.normalize("NFKD").str.encode("ascii", "ignore").str.decode("ascii")


def simplifier(noms: pd.Series) -> pd.Series:
    """Names of communes as they can be compared: « 96120 ST-JEAN » and « Saint Jean » are the same."""
    differents = pd.Series(noms.dropna().unique())
    simples = (
        sans_accents(differents)
        .str.upper()
        .str.replace(r"^\d{5} ", "", regex=True)
        .str.replace(r"[-']", " ", regex=True)
        .str.replace(r"\bST(E?)\b", r"SAINT\1", regex=True)
    )
    return noms.map(dict(zip(differents, simples)))


def lire_liste(chemin: Path) -> pd.DataFrame:
    """One list of agréments, whatever its header, with its dates as dates."""
    brut = pd.read_parquet(chemin) if chemin.suffix == ".parquet" else lire_csv(chemin, TITRES_PMI)
    entetes = sans_accents(brut.columns.to_series()).str.lower()
    liste = pd.DataFrame({nom: brut[entetes.index[entetes.str.fullmatch(e)][0]] for nom, e in COLONNES.items()})
    for colonne in DATES:
        # A Parquet file may hold true dates; elsewhere it is 31/12/2024.
        texte = pd.api.types.is_string_dtype(liste[colonne])
        liste[colonne] = pd.to_datetime(liste[colonne], format="%d/%m/%Y" if texte else None, errors="coerce")
    return liste.assign(annee=int(chemin.stem.split("_")[1][:4]))


def lire_personnes(dossier: Path, codes: pd.Series) -> pd.DataFrame:
    """The assistants maternels whose agrément counts, one row by list and person."""
    listes = pd.concat([lire_liste(c) for c in sorted((dossier / "pmi").glob("agrements_*"))], ignore_index=True)
    jour = pd.to_datetime(listes["annee"].astype(str) + "-12-31")
    # « 3 », « 3 enfants », « 2 + 1 périscolaire »; not 40. In place of « à revoir », the median of the list.
    nombres = listes["capacite"].str.extract(r"^(\d+)(?:\s*\+\s*(\d+))?").astype(float)
    places = nombres[0] + nombres[1].fillna(0)
    medianes = places[places.between(1, 6)].groupby(listes["annee"]).quantile(interpolation="lower")
    personnes = listes.assign(
        places=places.fillna(listes["annee"].map(medianes)),
        code=simplifier(listes["commune"]).map(codes),
        # At 31 December everybody has had the birthday of the year.
        age=(listes["annee"] - listes["naissance"].dt.year).where(lambda age: age.between(18, 85)),
        mam=listes["exercice"].str.upper().eq("MAM"),
    )
    valide = ~(listes["fin"] < jour) & ~(listes["debut"] > jour)
    personnes = personnes[valide & personnes["code"].notna() & personnes["places"].between(1, 6)]
    return personnes.drop_duplicates(["annee", *PERSONNE])


def lire_structures(dossier: Path, codes: pd.Series) -> pd.DataFrame:
    """The EAJE; the places of the MAM are the agréments of their members."""
    brut = lire_csv(dossier / "structures/structures.csv", TITRES_STRUCTURES).dropna(subset="Commune")
    eaje = brut[brut["Type"].str.upper() != "MAM"]
    return eaje.assign(
        code=simplifier(eaje["Commune"]).map(codes),
        places=eaje["Places"].astype(int),
        ouverture=pd.to_datetime(eaje["Ouverture"], format="%d/%m/%Y", errors="coerce"),
        fermeture=pd.to_datetime(eaje["Fermeture"], format="%d/%m/%Y", errors="coerce"),
    )[["code", "places", "ouverture", "fermeture"]]


def lire_imaje(dossier: Path) -> pd.DataFrame:
    """The counts of the Caf; what it withholds (<5, nd, s, *) is not known."""
    fichiers = sorted((dossier / "caf").glob("imaje_*.csv"))
    imaje = pd.concat([lire_csv(c).assign(annee=int(c.stem[-4:])) for c in fichiers], ignore_index=True)
    mesures = {"Enfants de moins de 3 ans": "enfants_0_2", "AM en activité (novembre)": "am_actifs"}
    imaje = imaje.rename(columns={"Code commune": "code"} | mesures).set_index(["annee", "code"])
    return imaje[list(mesures.values())].apply(pd.to_numeric, errors="coerce")


def lire_naissances(dossier: Path) -> pd.Series:
    brut = lire_csv(dossier / "insee/naissances.csv", sans_marque="utf-8").drop(columns="lib")
    longues = brut.melt(id_vars="code", var_name="annee", value_name="naissances").astype({"annee": int})
    return pd.to_numeric(longues.set_index(["annee", "code"])["naissances"], errors="coerce")


def suivre(personnes: pd.DataFrame) -> pd.DataFrame:
    """Arrivals and departures of the territory, from one list to the next, by commune."""
    presents = personnes[["annee", "code", *PERSONNE]]
    avant = presents.assign(annee=presents["annee"] + 1)
    suivi = presents.merge(avant, on=["annee", *PERSONNE], how="outer", suffixes=("", "_avant"), indicator=True)
    arrivees = suivi[suivi["_merge"] == "left_only"].groupby(["annee", "code"]).size()
    departs = suivi[suivi["_merge"] == "right_only"].groupby(["annee", "code_avant"]).size()
    return pd.DataFrame({"am_arrivees": arrivees, "am_departs": departs.rename_axis(["annee", "code"])})


def arrondir(numerateur: pd.Series, denominateur: pd.Series) -> pd.Series:
    """Percent, one decimal, half away from zero; none of nothing."""
    return np.floor(1000 * numerateur / denominateur.where(denominateur > 0) + 0.5) / 10


def calculer(
    personnes: pd.DataFrame, eaje: pd.DataFrame, imaje: pd.DataFrame, naissances: pd.Series, communes: pd.DataFrame
) -> pd.DataFrame:
    """One row by year and commune, and one by year for the territory; one column by indicator."""
    cle = ["annee", "code"]
    annees = pd.Index(sorted(personnes["annee"].unique()), name="annee")
    grille = pd.MultiIndex.from_product([annees, communes["insee"]], names=cle)
    en_mam = personnes["places"].where(personnes["mam"], 0)
    personnes = personnes.assign(places_mam=en_mam, ages_55=personnes["age"] >= 55)
    am = personnes.groupby(cle).agg(
        am_agrees=("nom", "size"),
        am_places=("places", "sum"),
        mam_places=("places_mam", "sum"),
        ages_55=("ages_55", "sum"),
        ages=("age", "count"),
    )
    par_an = eaje.merge(annees.to_frame(index=False), how="cross")
    jour = pd.to_datetime(par_an["annee"].astype(str) + "-12-31")
    ouverts = par_an[~(par_an["ouverture"] > jour) & ~(par_an["fermeture"] <= jour)]

    # A list says everything there is: a commune that it does not name has none.
    tableau = am.reindex(grille, fill_value=0)
    tableau["eaje_places"] = ouverts.groupby(cle)["places"].sum().reindex(grille, fill_value=0)
    tableau["places_total"] = tableau["am_places"] + tableau["eaje_places"]
    suivies = grille[grille.get_level_values("annee") > annees[0]]
    tableau = tableau.join(suivre(personnes).reindex(suivies).fillna(0))
    tableau = tableau.join(imaje).join(naissances, how="outer")

    taux = {
        "taux_activite": ("am_actifs", "am_agrees"),
        "places_pour_100": ("places_total", "enfants_0_2"),
        "part_55_plus": ("ages_55", "ages"),
    }
    territoire = tableau.groupby("annee").sum(min_count=1)
    for nom, (haut, bas) in taux.items():
        # Of the territory: sums over sums, on the communes where both are known.
        connus = tableau[[haut, bas]].dropna().groupby("annee").sum()
        territoire[nom] = arrondir(connus[haut], connus[bas])
        tableau[nom] = arrondir(tableau[haut], tableau[bas])
    tableau["age_median"] = personnes.groupby(cle)["age"].median()
    territoire["age_median"] = personnes.groupby("annee")["age"].median()
    territoire = territoire.assign(code=communes["siren"].iloc[0]).set_index("code", append=True)
    return pd.concat([tableau, territoire]).drop(columns=["ages_55", "ages"])


def dessiner(carte: gpd.GeoDataFrame, chemin: Path) -> None:
    """A choropleth of the places per 100 children under three."""
    import matplotlib

    matplotlib.use("Agg")
    manque = {"color": "white", "edgecolor": "grey", "hatch": "///", "label": "non disponible"}
    options = {"cmap": "YlGnBu", "edgecolor": "white", "linewidth": 0.3, "legend": True, "missing_kwds": manque}
    axe = carte.plot("places_pour_100", figsize=(10, 10), legend_kwds={"shrink": 0.6}, **options)
    axe.set_title("Places d’accueil pour 100 enfants de moins de 3 ans")
    axe.set_axis_off()
    axe.figure.savefig(chemin, dpi=150, bbox_inches="tight")


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
    arguments.add_argument("--carte", action="store_true", help="draws carte.png too")
    choix = arguments.parse_args()
    choix.sortie.mkdir(parents=True, exist_ok=True)
    donnees = choix.dossier / "data"

    with etape(durees, "lecture"):
        communes = lire_csv(donnees / "territoire/communes.csv", sans_marque="utf-8")
        codes = communes.set_index(simplifier(communes["nom_membre"]))["insee"]
        contours = gpd.read_file(donnees / "territoire/contours.geojson")
        personnes, eaje = lire_personnes(donnees, codes), lire_structures(donnees, codes)
        imaje, naissances = lire_imaje(donnees), lire_naissances(donnees)
    with etape(durees, "calcul"):
        tableau = calculer(personnes, eaje, imaje, naissances, communes)
        longs = tableau.reset_index().melt(["code", "annee"], var_name="indicateur", value_name="valeur").dropna()
    with etape(durees, "ecriture"):
        longs.to_parquet(choix.sortie / "indicateurs.parquet", index=False)
        carte = contours.merge(tableau.loc[personnes["annee"].max()], left_on="code", right_index=True, how="left")
        carte.to_file(choix.sortie / "communes.geojson", driver="GeoJSON")
    if choix.carte:
        with etape(durees, "carte"):
            dessiner(carte, choix.sortie / "carte.png")
    durees["total"] = time.perf_counter() - DEBUT
    memoire = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print("pandas : " + ", ".join(f"{nom} {d:.2f} s" for nom, d in durees.items()) + f", mémoire {memoire:.0f} Mo")


if __name__ == "__main__":
    main()

//! Balance of offer and need.

use super::catalogue::{Agregation, Indicateur, Sensibilite, Unite};
use super::protection::{Protection, Relation, Terme};
use super::serie::{entree, rapporter};
use super::{Contexte, Series, besoin};
use polars::prelude::PolarsResult;

/// The entries of the family, in the order of pages.
pub(super) const INDICATEURS: &[Indicateur] = &[Indicateur {
    id: "places_pour_100",
    libelle: "Places pour 100 enfants de moins de 3 ans",
    definition: "Nombre de places d’accueil du territoire pour 100 enfants de moins de 3 ans qui y habitent.",
    formule: "100 × places d’accueil, tous modes / enfants de moins de 3 ans, sur les mêmes communes",
    unite: Unite::PlacesPour100,
    decimales: 1,
    agregation: Agregation::SommeSurSomme,
    sensibilite: Sensibilite::Publique,
    modalites: &[],
    entrees: &["pmi", "structures", "imaje"],
    source: "PMI, recensement des structures, Caf",
    precaution: "Ratio local : ce n’est pas le taux de couverture de la Cnaf. Les familles cherchent aussi dans les communes voisines.",
    protection: Protection {
        relations: &[
            Relation::egalite(Terme::numerateur("places_pour_100", ""), &[Terme::valeur("places_total", "")]),
            Relation::egalite(
                Terme::denominateur("places_pour_100", ""),
                &[Terme::valeur("enfants_0_2", "")],
            ),
        ],
        ..Protection::DEFAUT
    },
}];

pub(super) fn calculer(_contexte: &Contexte<'_>, series: &mut Series) -> PolarsResult<()> {
    let (places, enfants) = (series.de("places_total")?, series.de("enfants_0_2")?);
    series.insert("places_pour_100", rapporter(entree("places_pour_100")?, (places, ""), (enfants, "")));
    series.insert("taux_activite", besoin::taux_activite(series)?);
    Ok(())
}

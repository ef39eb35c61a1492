//! The territory: its communes, on the day of the observation, and their contours.

use super::super::{ErreurLancement, SourceDeclaree};
use super::Lecteur;
use crate::quality::{Bilan, Bilans, Lieu, Motif, Probleme};
use crate::sources::{Genre, cog, contours};
use crate::territory::cog::Cog;
use crate::territory::contours::preparer;
use crate::territory::{Fin, Geographie, Membre, Perimetre};
use chrono::Datelike;

impl Lecteur<'_> {
    pub(super) fn cog(&self, bilans: &mut Bilans) -> Option<Cog> {
        let (source, communes, nom) = self.premiere(Genre::CogCommunes)?;
        let (_, mouvements, _) = self.premiere(Genre::CogMouvements)?;
        match cog::lire_cog(&communes, &mouvements, source.date) {
            Ok(cog) => Some(cog),
            Err(probleme) => {
                let mut bilan = Bilan::new(&source.id, &nom);
                bilan.noter(self.nommer(probleme, source, &nom));
                bilans.0.push(bilan);
                None
            }
        }
    }

    /// The communes of the EPCI, and those that the pipeline names: these may be of elsewhere, or have
    /// joined or left on a day.
    pub(super) fn perimetre(
        &self,
        cog: Option<&Cog>,
        bilans: &mut Bilans,
    ) -> Result<Perimetre, ErreurLancement> {
        let territoire = &self.declaration.territoire;
        let mut perimetre = match &territoire.epci {
            Some(epci) => self.composition(epci, bilans)?,
            None => Perimetre::new(territoire.identifiant(), territoire.identifiant(), Vec::new()),
        };
        let declares = territoire.membres.iter().map(|membre| {
            let connu = perimetre.membre(membre.code);
            let du_cog = || cog.and_then(|cog| cog.nom(membre.code)).map(str::to_owned);
            Membre {
                code: membre.code,
                nom: membre
                    .nom
                    .clone()
                    .or_else(|| connu.map(|c| c.nom.clone()))
                    .or_else(du_cog)
                    .unwrap_or_else(|| membre.code.to_string()),
                depuis: membre.depuis,
                jusqu_a: membre.jusqu_a,
                population: connu.and_then(|c| c.population),
            }
        });
        let declares: Vec<Membre> = declares.collect();
        let autres =
            perimetre.membres().iter().filter(|m| declares.iter().all(|d| d.code != m.code)).cloned();
        let membres = autres.chain(declares.iter().cloned()).collect();
        let nom = territoire.nom.clone().unwrap_or_else(|| perimetre.nom.clone());
        let voisines = perimetre.voisines().to_vec();
        perimetre = Perimetre::new(perimetre.code.clone(), nom, membres).avec_voisines(voisines);
        Ok(match cog {
            Some(cog) => self.perimetre_d_aujourd_hui(perimetre, cog, bilans),
            None => perimetre,
        })
    }

    /// Communes that ended are counted with what they have become; those of whom the pipeline does not say that they ended
    /// are told.
    fn perimetre_d_aujourd_hui(&self, perimetre: Perimetre, cog: &Cog, bilans: &mut Bilans) -> Perimetre {
        let (perimetre, finies) = perimetre.d_aujourd_hui(cog);
        let jour = self.declaration.observation.date;
        let non_dites: Vec<&(Membre, Fin)> = finies.iter().filter(|(m, _)| m.est_membre_le(jour)).collect();
        let source = self.premiere(Genre::CogMouvements).filter(|_| !non_dites.is_empty());
        if let Some((source, _, nom)) = source {
            let mut bilan = Bilan::new(&source.id, &nom);
            for (membre, fin) in non_dites {
                let detail = match fin {
                    Fin::Avec(code, nom) => {
                        format!("{} ({}) : comptée avec {nom} ({code})", membre.nom, membre.code)
                    }
                    Fin::Ailleurs(code, nom) => format!(
                        "{} ({}) : c’est aujourd’hui une partie de {nom} ({code}), qui n’est pas tout entière du territoire ; les lignes de {nom} ne sont pas comptées",
                        membre.nom, membre.code
                    ),
                };
                bilan.noter(Probleme::new(Motif::CommuneDisparue, Lieu::fichier(&nom), detail));
            }
            bilans.0.push(bilan);
        }
        perimetre
    }

    fn composition(&self, epci: &str, bilans: &mut Bilans) -> Result<Perimetre, ErreurLancement> {
        let (source, chemin, nom) =
            self.premiere(Genre::Composition).ok_or(ErreurLancement::SansComposition)?;
        let annee = self.declaration.observation.date.year();
        let (perimetre, problemes) = cog::lire_composition(&chemin, epci, Some(annee))
            .map_err(|p| ErreurLancement::Perimetre(Box::new(self.nommer(p, source, &nom))))?;
        let mut bilan = Bilan::new(&source.id, &nom);
        for probleme in problemes {
            bilan.noter(self.nommer(probleme, source, &nom));
        }
        bilan.lues = u32::try_from(perimetre.membres().len()).unwrap_or(u32::MAX);
        bilan.lignes = bilan.lues + bilan.rejetees + bilan.mises_de_cote;
        bilans.0.push(bilan);
        Ok(perimetre)
    }

    pub(super) fn geographie(&self, perimetre: &Perimetre, cog: Option<&Cog>) -> (Geographie, Option<Bilan>) {
        let Some((source, chemin, nom)) = self.premiere(Genre::Contours) else {
            return (Geographie::default(), None);
        };
        let mut bilan = Bilan::new(&source.id, &nom);
        let geographie = match contours::lire_contours(&chemin) {
            Ok((bruts, problemes)) => {
                bilan.lignes = u32::try_from(bruts.len()).unwrap_or(u32::MAX);
                bilan.lues = bilan.lignes;
                let date = source.date.filter(|_| !self.vient_d_un_service(source));
                let (geographie, autres) = preparer(&bruts, cog, date, perimetre, true);
                problemes.into_iter().chain(autres).for_each(|p| bilan.noter(self.nommer(p, source, &nom)));
                geographie
            }
            Err(probleme) => {
                bilan.noter(self.nommer(probleme, source, &nom));
                Geographie::default()
            }
        };
        (geographie, Some(bilan))
    }

    /// Contours that a service gave are of the day they were taken, whatever the pipeline says of those of
    /// a file.
    fn vient_d_un_service(&self, source: &SourceDeclaree) -> bool {
        let entree = self.cache.entree(source.genre, self.declaration.territoire.identifiant());
        source.fichier.is_none() && entree.is_some_and(|e| e.origine.starts_with("http"))
    }
}

-- The core indicators of a simulated territory. Each part that begins with « -- partie: » is run by
-- duckdb_observatoire.py; « fichier » is a view of the file being read, every cell of a csv as text.

-- partie: tables
-- Names of communes as they can be compared: « 96120 ST-JEAN » and « Saint Jean » are the same.
CREATE MACRO simplifier(nom) AS regexp_replace(
    translate(regexp_replace(upper(strip_accents(nom)), '^\d{5} ', ''), '-''', '  '),
    '\bST(E?)\b', 'SAINT\1', 'g');
-- 31/12/2024 in a csv, a true date in some Parquet files; null where there is no such day.
CREATE MACRO lire_date(cellule) AS try_strptime(cellule::VARCHAR, ['%d/%m/%Y', '%Y-%m-%d'])::DATE;
-- « 3 », « 3 enfants », « 2 + 1 périscolaire »; null for « à revoir ».
CREATE MACRO lire_places(capacite) AS
    try_cast(regexp_extract(capacite, '^\d+') AS INTEGER)
        + coalesce(try_cast(regexp_extract(capacite, '^\d+\s*\+\s*(\d+)', 1) AS INTEGER), 0);
-- Percent, one decimal; DuckDB rounds half away from zero.
CREATE MACRO taux(numerateur, denominateur) AS
    CASE WHEN denominateur > 0 THEN round(1000 * numerateur / denominateur) / 10 END;
CREATE TABLE communes (siren VARCHAR, code VARCHAR, nom VARCHAR);
CREATE TABLE agrements (annee INTEGER, nom VARCHAR, prenom VARCHAR, naissance DATE, code VARCHAR,
                        places INTEGER, age INTEGER, mam BOOLEAN);
CREATE TABLE eaje (code VARCHAR, places INTEGER, ouverture DATE, fermeture DATE);
CREATE TABLE imaje (annee INTEGER, code VARCHAR, enfants_0_2 INTEGER, am_actifs INTEGER);
CREATE TABLE naissances (annee INTEGER, code VARCHAR, naissances INTEGER);

-- partie: communes
INSERT INTO communes SELECT siren, insee, simplifier(nom_membre) FROM fichier;

-- partie: agrements
-- One list, whatever its header: the persons whose agrément counts, each once.
INSERT INTO agrements
WITH liste AS (
    SELECT COLUMNS('(?i)^nom de naissance$') AS nom,
           COLUMNS('(?i)^pr[ée]nom$') AS prenom,
           lire_date(COLUMNS('(?i)^(date de naissance|n[ée]\(e\) le)$')) AS naissance,
           COLUMNS('(?i)^commune( d''exercice)?$') AS commune,
           COLUMNS('(?i)^capacit[ée]( d''accueil)?$') AS capacite,
           lire_date(COLUMNS('(?i)^date (d'')?agr[ée]ment$')) AS debut,
           lire_date(COLUMNS('(?i)^date (de )?fin (d'')?agr[ée]ment$')) AS fin,
           COLUMNS('(?i)^(lieu d'')?exercice$') AS exercice
    FROM fichier
), lues AS (
    SELECT liste.nom, prenom, naissance, code, debut, fin,
           -- In place of « à revoir », the median of the list.
           coalesce(lire_places(capacite), mediane) AS places,
           -- At 31 December everybody has had the birthday of the year.
           $annee - year(naissance) AS age,
           upper(exercice) = 'MAM' AS mam
    FROM liste JOIN communes ON communes.nom = simplifier(commune),
         (SELECT quantile_disc(lire_places(capacite), 0.5) AS mediane
          FROM liste WHERE lire_places(capacite) BETWEEN 1 AND 6)
)
SELECT DISTINCT ON (nom, prenom, naissance)
       $annee, nom, prenom, naissance, code, places, CASE WHEN age BETWEEN 18 AND 85 THEN age END, mam
FROM lues
WHERE places BETWEEN 1 AND 6
  AND coalesce(fin >= make_date($annee, 12, 31), true)
  AND coalesce(debut <= make_date($annee, 12, 31), true);

-- partie: structures
-- The places of the MAM are the agréments of their members.
INSERT INTO eaje
SELECT code, "Places"::INTEGER, lire_date("Ouverture"), lire_date("Fermeture")
FROM fichier JOIN communes ON communes.nom = simplifier("Commune")
WHERE upper("Type") <> 'MAM';

-- partie: imaje
-- What the Caf withholds (<5, nd, s, *) is not known.
INSERT INTO imaje
SELECT $annee, "Code commune", try_cast("Enfants de moins de 3 ans" AS INTEGER),
       try_cast("AM en activité (novembre)" AS INTEGER)
FROM fichier;

-- partie: naissances
INSERT INTO naissances
SELECT annee::INTEGER, code, try_cast(valeur AS INTEGER)
FROM (UNPIVOT (FROM fichier SELECT * EXCLUDE lib) ON COLUMNS(* EXCLUDE code) INTO NAME annee VALUE valeur);

-- partie: calcul
CREATE TABLE tableau AS
WITH annees AS (SELECT DISTINCT annee FROM agrements),
grille AS (SELECT annee, code FROM annees CROSS JOIN communes),
am AS (
    SELECT annee, code, count(*) AS am_agrees, sum(places) AS am_places,
           sum(places) FILTER (mam) AS mam_places,
           count(*) FILTER (age >= 55) AS ages_55, count(age) AS ages, median(age) AS age_median
    FROM agrements GROUP BY annee, code
),
collectif AS (
    SELECT annee, code, sum(places) AS eaje_places
    FROM eaje JOIN annees
      ON coalesce(ouverture <= make_date(annee, 12, 31), true)
     AND coalesce(fermeture > make_date(annee, 12, 31), true)
    GROUP BY annee, code
),
-- The same person is the same name, first name and birth date, even one that cannot be read.
arrivees AS (
    SELECT annee, code, count(*) AS am_arrivees
    FROM agrements AS ici
    WHERE NOT EXISTS (FROM agrements AS avant
                      WHERE avant.annee = ici.annee - 1 AND avant.nom = ici.nom AND avant.prenom = ici.prenom
                        AND avant.naissance IS NOT DISTINCT FROM ici.naissance)
    GROUP BY annee, code
),
departs AS (
    SELECT annee + 1 AS annee, code, count(*) AS am_departs
    FROM agrements AS ici
    WHERE NOT EXISTS (FROM agrements AS apres
                      WHERE apres.annee = ici.annee + 1 AND apres.nom = ici.nom AND apres.prenom = ici.prenom
                        AND apres.naissance IS NOT DISTINCT FROM ici.naissance)
    GROUP BY annee, code
)
-- A list says everything there is: a commune that it does not name has none.
SELECT annee, code,
       coalesce(am_agrees, 0) AS am_agrees,
       coalesce(am_places, 0) AS am_places,
       coalesce(mam_places, 0) AS mam_places,
       coalesce(eaje_places, 0) AS eaje_places,
       coalesce(am_places, 0) + coalesce(eaje_places, 0) AS places_total,
       enfants_0_2, am_actifs, age_median,
       coalesce(ages_55, 0) AS ages_55,
       coalesce(ages, 0) AS ages,
       -- The first list has none before it.
       CASE WHEN annee > (SELECT min(annee) FROM annees) THEN coalesce(am_arrivees, 0) END AS am_arrivees,
       CASE WHEN annee > (SELECT min(annee) FROM annees) THEN coalesce(am_departs, 0) END AS am_departs
FROM grille
LEFT JOIN am USING (annee, code)
LEFT JOIN collectif USING (annee, code)
LEFT JOIN imaje USING (annee, code)
LEFT JOIN arrivees USING (annee, code)
LEFT JOIN departs USING (annee, code);

CREATE TABLE chiffres AS
WITH ensemble AS (
    SELECT annee, code, am_agrees, am_places, mam_places, eaje_places, places_total, enfants_0_2, am_actifs,
           am_arrivees, am_departs, age_median,
           taux(am_actifs, am_agrees) AS taux_activite,
           taux(places_total, enfants_0_2) AS places_pour_100,
           taux(ages_55, ages) AS part_55_plus
    FROM tableau
    UNION ALL BY NAME
    -- Of the territory: sums over sums, on the communes where both are known.
    SELECT annee, (SELECT any_value(siren) FROM communes) AS code,
           sum(am_agrees) AS am_agrees, sum(am_places) AS am_places, sum(mam_places) AS mam_places,
           sum(eaje_places) AS eaje_places, sum(places_total) AS places_total,
           sum(enfants_0_2) AS enfants_0_2, sum(am_actifs) AS am_actifs,
           sum(am_arrivees) AS am_arrivees, sum(am_departs) AS am_departs,
           (SELECT median(age) FROM agrements WHERE agrements.annee = tableau.annee) AS age_median,
           taux(sum(am_actifs), sum(am_agrees) FILTER (am_actifs IS NOT NULL)) AS taux_activite,
           taux(sum(places_total) FILTER (enfants_0_2 IS NOT NULL), sum(enfants_0_2)) AS places_pour_100,
           taux(sum(ages_55), sum(ages)) AS part_55_plus
    FROM tableau GROUP BY annee
)
UNPIVOT (SELECT annee, code, COLUMNS(* EXCLUDE (annee, code))::DOUBLE FROM ensemble)
ON COLUMNS(* EXCLUDE (annee, code)) INTO NAME indicateur VALUE valeur
UNION ALL
SELECT annee, code, 'naissances', naissances FROM naissances WHERE naissances IS NOT NULL
UNION ALL
SELECT annee, (SELECT any_value(siren) FROM communes), 'naissances', sum(naissances) FROM naissances
GROUP BY annee HAVING sum(naissances) IS NOT NULL;

-- partie: ecriture
COPY (SELECT code, annee, indicateur, valeur FROM chiffres) TO '$sortie/indicateurs.parquet' (FORMAT parquet);

COPY (
    WITH contours AS (SELECT unnest(features) AS contour FROM fichier),
    annee AS (
        SELECT code, json_group_object(indicateur, valeur) AS chiffres
        FROM chiffres WHERE annee = (SELECT max(annee) FROM agrements) GROUP BY code
    )
    SELECT 'FeatureCollection' AS type,
           list({'type': 'Feature', 'geometry': contour->'$.geometry',
                 'properties': json_merge_patch(contour->'$.properties', chiffres)}) AS features
    FROM contours JOIN annee ON annee.code = contour->>'$.properties.code'
) TO '$sortie/communes.geojson' (FORMAT json);

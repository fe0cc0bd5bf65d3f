provenance-heading = Provenance
provenance-table = What made this fit
provenance-what = { $what ->
    [model] model
    [model-digest] SHA-256 of the model
    [dataset] dataset
    [dataset-digest] SHA-256 of dataset and series
    [as-of] statements as of
    [periods] periods
    [sampler] sampler
    [settings] settings
    [seed] random seed
   *[seconds] seconds
  }
provenance-version = version of { $package }
provenance-today = no earlier date; all that the dataset holds
provenance-periods = { $span }, every { $every ->
    [year] year
    [quarter] quarter
   *[month] month
  }
# A setting of the sampler and its value; $own is the setting as the sampler calls it.
provenance-setting = { $setting ->
    [draws] draws
    [tune] tune
    [chains] chains
    [target_accept] target_accept
   *[other] { $own }
  } { $value }
# A step of the computation and the seconds that it took; $own is the step as the fit file calls it.
provenance-step = { $step ->
    [compile] compile
    [build] build
    [settle] settle
    [sample] sample
    [predict] predict
   *[other] { $own }
  } { $value }
provenance-again = The same files, versions, settings and seed give the same draws. A name is a shipped one; for files of your own give their paths.

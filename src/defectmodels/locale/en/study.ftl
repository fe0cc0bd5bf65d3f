# What every study of a fit says of itself.
study-made = Study of model { $model } and dataset { $dataset }: { $settings }, seed { $seed }; digests { $model_digest } (model), { $dataset_digest } (evidence).
study-moved = { $what ->
    [model] the model
    [dataset] the evidence
    [date] the date of the evidence
   *[code] the code of density and counting
  }
study-stale = This study is stale: it was made before { $moved } changed, or of another. Its numbers need not hold of this fit; make it again.

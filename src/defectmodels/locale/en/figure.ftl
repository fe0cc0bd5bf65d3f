# Words within drawings.
figure-prior = prior
figure-posterior = posterior
figure-ratio-of-rates = ratio of rates (log axis), median and { $width } interval
figure-persons = persons
figure-probability = probability, %
figure-prior-predictive = prior predictive, { $width }, and its median
figure-its-median = its median
figure-published = published
figure-persons-in-row = persons in the row (log)

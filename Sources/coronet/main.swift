print("coronet")

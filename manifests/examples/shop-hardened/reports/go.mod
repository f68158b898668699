module shop.example/reports

go 1.25
